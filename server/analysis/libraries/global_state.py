"""The libraries' global state as part of the interpreted program's state.

`set_floatx` and its like change what every later call means. They are never called for the program's sake: they are
noted on the heap (at an address of their own, so that branches join them like anything else), set around each library
call, and are part of every memo key. A switch without a way back (`enable_numpy_behavior`, TensorFlow 1 mode) would need
an engine of its own: from there on nothing is said.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from ..values import Const, Heap, HeapObject, LibraryObject, Value
from .keras_hooks import keras, keras_major

#: The heap address of the state. Ordinary addresses start at 1.
ADDRESS = 0

_SETTERS = {
    "set_floatx": "floatx",
    "set_image_data_format": "image_data_format",
    "set_dtype_policy": "dtype_policy",
    "set_global_policy": "dtype_policy",
}
_SWITCHES = frozenset(
    [
        "experimental_enable_numpy_behavior",
        "disable_v2_tensorshape",
        "disable_tensor_equality",
        "enable_v2_behavior_off",
        "run_functions_eagerly",
        "enable_mixed_precision_graph_rewrite",
        "disable_resource_variables",
        "disable_control_flow_v2",
    ]
)
#: Eager execution off, and on.
_OFF = ("disable_eager_execution", "disable_v2_behavior")
_ON = ("enable_eager_execution", "enable_v2_behavior")
#: Calls that change nothing the analysis speaks of.
_HARMLESS = frozenset(
    [
        "set_seed",
        "set_random_seed",
        "set_global_generator",
        "set_memory_growth",
        "set_visible_devices",
        "set_logical_device_configuration",
        "enable_eager_execution",
        "enable_v2_behavior",
        "clear_session",
        "set_verbosity",
        "set_log_device_placement",
        "enable_op_determinism",
        "enable_traceback_filtering",
        "disable_traceback_filtering",
        "set_soft_device_placement",
        "enable_interactive_logging",
        "disable_interactive_logging",
        "seed",
        "set_epsilon",
    ]
)


@dataclass(frozen=True, slots=True)
class LibraryState(HeapObject):
    """What the program has set; None is the default. `lost` says why nothing may be said any more.

    graph: eager execution is disabled. old_behaviour: with it the rest of what `disable_v2_behavior` disables. assumed: that
    is so only in a program that has been repaired; as it stands, it does not get here. keras: why nothing is said of Keras.
    """

    floatx: str | None = None
    image_data_format: str | None = None
    dtype_policy: str | None = None
    lost: str | None = None
    graph: bool = False
    old_behaviour: bool = False
    assumed: bool = False
    keras: str | None = None


#: Variables of the environment that choose another Keras, and the values that leave it as it is.
_ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "TF_USE_LEGACY_KERAS": ("", "0", "False", "false"),
    "KERAS_BACKEND": ("tensorflow",),
}


def environment(name: Value, value: Value, heap: Heap) -> None:
    """Note that the program sets a variable of the environment: one of them may choose another Keras than is asked here."""
    key = name.value if isinstance(name, Const) else None
    if key is not None and key not in _ENVIRONMENT:
        return
    if isinstance(value, Const) and value.value in _ENVIRONMENT.get(str(key), ()):
        return
    state = current(heap)
    if state.lost is None and key is not None:
        heap.put(ADDRESS, dataclasses.replace(state, keras=f"{key} chooses another Keras"))


def current(heap: Heap) -> LibraryState:
    """Return the state at this point of the program."""
    item = heap.objects.get(ADDRESS)
    if item is None:
        return LibraryState()
    return (
        item if isinstance(item, LibraryState) else LibraryState(lost="library-wide settings differ from path to path")
    )


def key(heap: Heap) -> Hashable:
    """Return the state's part of a memo key."""
    state = current(heap)
    return (state.floatx, state.image_data_format, state.dtype_policy)


def note(name: str, args: tuple[Value, ...], heap: Heap) -> bool:
    """Interpret a call that sets global state; False where `name` is no such call."""
    last = name.rpartition(".")[2]
    state = current(heap)
    if last in _ON and state.graph:
        heap.put(ADDRESS, LibraryState(lost=f"{last} after eager execution was disabled"))
        return True
    if last in _HARMLESS:
        return True
    if last in _OFF:
        old = state.old_behaviour or last == "disable_v2_behavior"
        heap.put(ADDRESS, dataclasses.replace(state, graph=True, old_behaviour=old, assumed=False))
        return True
    if last in _SWITCHES and state.old_behaviour and last.startswith("disable_"):
        return True
    if last in _SWITCHES:
        heap.put(ADDRESS, LibraryState(lost=f"{last} changes how every op behaves"))
        return True
    field = _SETTERS.get(last)
    if field is None:
        return False
    value = args[0] if args else None
    if not isinstance(value, Const) or not isinstance(value.value, str):
        heap.put(ADDRESS, LibraryState(lost=f"{last} is called with a value that is not known"))
        return True
    settings: dict[str, Any] = {
        "floatx": state.floatx,
        "image_data_format": state.image_data_format,
        "dtype_policy": state.dtype_policy,
    }
    settings[field] = value.value
    if field == "floatx" and keras_major() >= 3 and state.dtype_policy is None:
        if any(isinstance(item, LibraryObject) for item in heap.objects.values()):
            settings["dtype_policy"] = state.floatx or "float32"  # made with the first layer, and kept
    heap.put(ADDRESS, dataclasses.replace(state, **settings))
    return True


def assume_graph(heap: Heap) -> None:
    """Go on as in a program that disables eager execution, behind a call that needs it to be disabled."""
    state = current(heap)
    if state.lost is None and not state.graph:
        heap.put(ADDRESS, dataclasses.replace(state, graph=True, old_behaviour=True, assumed=True))


@contextlib.contextmanager
def applied(heap: Heap) -> Iterator[None]:
    """Set the state for the length of a library call."""
    state = current(heap)
    if keras is None or (state.floatx, state.image_data_format, state.dtype_policy) == (None, None, None):
        yield
        return
    with contextlib.ExitStack() as undo:
        backend = keras.config if keras_major() >= 3 else keras.backend
        if state.floatx is not None:
            undo.callback(backend.set_floatx, backend.floatx())
            backend.set_floatx(state.floatx)
        if state.image_data_format is not None:
            undo.callback(backend.set_image_data_format, backend.image_data_format())
            backend.set_image_data_format(state.image_data_format)
        # Keras 3 makes the default policy of floatx once, when it is first asked for: here that was long ago.
        named = state.dtype_policy or (state.floatx if keras_major() >= 3 else None)
        if named is not None:
            policy = keras.mixed_precision
            # None in Keras 2: the policy is made of floatx at every question, unless one was set. Here none ever was.
            old = policy.dtype_policy() if keras_major() >= 3 else None
            undo.callback(policy.set_global_policy, old)
            policy.set_global_policy(named)
        yield
