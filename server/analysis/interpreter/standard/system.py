"""The modules `os`, `sys`, `time`, `datetime`, `platform`: types of what depends on the machine and the moment."""

from __future__ import annotations

import sys

from ...libraries import global_state
from ...values import Const, DictObject, ListObject, Ref, Scalar, TupleValue, Unknown, Value
from ...values.join import join_all
from ..core import Interpreter
from .registry import StandardCall, models

_STRINGS = "os.getcwd os.strerror time.strftime time.ctime time.asctime platform.system platform.node platform.machine"
_STRINGS += " platform.platform platform.python_version platform.release os.ctermid getpass.getuser"
_INTS = "os.getpid os.getppid time.time_ns time.perf_counter_ns time.monotonic_ns os.system sys.getrecursionlimit"
_INTS += " sys.getsizeof sys.getrefcount time.process_time_ns"
_FLOATS = (
    "time.time time.perf_counter time.monotonic time.process_time time.thread_time timeit.default_timer time.mktime"
)
_NOTHING = "time.sleep os.makedirs os.mkdir os.remove os.unlink os.rmdir os.chdir os.putenv gc.enable gc.disable"
_NOTHING += " os.rename os.removedirs os.chmod sys.setrecursionlimit time.tzset locale.resetlocale"
_RESULTS = {
    **dict.fromkeys(_STRINGS.split(), "str"),
    **dict.fromkeys(_INTS.split(), "int"),
    **dict.fromkeys(_FLOATS.split(), "float"),
    **dict.fromkeys(_NOTHING.split(), "none"),
    "gc.collect": "int",
    "sys.getdefaultencoding": "str",
    "sys.getfilesystemencoding": "str",
    "os.access": "bool",
    "gc.isenabled": "bool",
}


@models(*_RESULTS)
def _known_type(call: StandardCall) -> Value:
    kind = _RESULTS[call.name]
    return Const(None) if kind == "none" else Scalar(type=kind)


@models("os.cpu_count", "multiprocessing.cpu_count")
def _cores(call: StandardCall) -> Value:
    return Scalar(type="int") if call.name.startswith("multi") else join_all([Scalar(type="int"), Const(None)])


@models("os.environ.get", "os.getenv")
def _environment(call: StandardCall) -> Value:
    default = call.get(1, "default") or Const(None)
    return join_all([Scalar(type="str"), default])


@models("os.environ.setdefault")
def _set_environment(call: StandardCall) -> Value:
    if len(call.args) == 2:
        global_state.environment(call.args[0], call.args[1], call.interp.heap)
    return Scalar(type="str")


@models("os.environ.pop", "os.environ.update", "os.environ.keys", "os.environ.items", "os.environ.copy")
def _changed_environment(call: StandardCall) -> Value:
    given = call.interp.heap.get(call.args[0].address) if call.args and isinstance(call.args[0], Ref) else None
    if call.name == "os.environ.update":
        pairs = given.items if isinstance(given, DictObject) and given.items is not None else ()
        for key, value in (*pairs, *((Const(name), value) for name, value in call.kwargs)):
            global_state.environment(key, value, call.interp.heap)
    return Unknown("the environment is not followed")


@models("os.listdir")
def _names(call: StandardCall) -> Value:
    arg = call.args[0] if call.args else Const(".")
    text = not isinstance(arg, Unknown) and not (isinstance(arg, Const) and isinstance(arg.value, (bytes, int)))
    element: Value = Scalar(type="str") if text else Unknown("names, or bytes")
    return Ref(call.interp.heap.allocate(ListObject(None, element)))


@models("os.walk")
def _walk(call: StandardCall) -> Value:
    if call.args and isinstance(call.args[0], Unknown):
        return Unknown("os.walk() of something unknown")
    heap = call.interp.heap
    names = [Ref(heap.allocate(ListObject(None, Scalar(type="str")))) for _ in range(2)]
    row = TupleValue((Scalar(type="str"), *names))
    return Ref(heap.allocate(ListObject(None, row, "generator")))


def sys_member(interp: Interpreter, name: str) -> Value | None:
    """Return what is known of a name in `sys`."""
    if name == "argv":
        return Ref(interp.heap.allocate(ListObject(None, Scalar(type="str"))))
    if name == "version_info":
        names = ("major", "minor", "micro", "releaselevel", "serial")
        return TupleValue(tuple(Const(part) for part in sys.version_info), names)
    if name in ("version", "platform", "executable", "prefix"):
        return Scalar(type="str")
    if name in ("path", "modules"):
        return Unknown(f"sys.{name} is not followed")
    return None


@models("datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow", "datetime.date.today")
def _moment(call: StandardCall) -> Value:
    return Unknown("a moment of time")
