"""Repairs of calls that name axes: the whole permutation, sizes to split into, axes that tensors to be joined lack."""

from __future__ import annotations

import ast
import re

from ..interpreter.events import Argument, LibraryCall, tensors
from ..report import Edit, Span
from .broadcasting import axis_candidates
from .candidate import Candidate, insert_after, replace, tensorflow
from .places import argument_of, calls_before, last_name
from .way import failing

_SPLIT = re.compile(
    r"split_dim \d+ \(size = (\d+)\) and num_split (\d+)|dimension of size (\d+) .*?into (\d+)|"
    r"when `indices_or_sections` is an int. But received (\d+) and (\d+)"
)
_SIZES = re.compile(r"must either match input shape along split_dim exactly")


def permutation_candidates(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    """Return the permutation of all axes that one of fewer, or more, may stand for."""
    method = event.receiver is not None and isinstance(call.func, ast.Attribute)
    node = argument_of(call, "perm", 0 if method else 1) or argument_of(call, "axes", 0 if method else 1)
    found = tensors(event)
    if not isinstance(node, (ast.List, ast.Tuple)) or not found or found[0][1].shape is None:
        return ()
    written = [part.value for part in node.elts if isinstance(part, ast.Constant) and type(part.value) is int]
    rank = len(found[0][1].shape)
    missing = rank - len(written)
    if len(written) != len(node.elts) or not missing:
        return ()
    if missing > 0:
        order = [*range(missing), *(axis + missing for axis in written)]
        title = f"Keep the first {'axis' if missing == 1 else f'{missing} axes'}"
    else:
        order = [axis + missing for axis in written if axis + missing >= 0]
        title = f"Permute the {rank} axes that there are"
    if sorted(order) != list(range(rank)):
        return ()
    text = ", ".join(map(str, order))
    out = [Candidate(f"{title}: [{text}]", (replace(event.unit, node, _like(node, text)),))]
    value, inner = found[0][1], found[0][0].node
    if written == [1, 0] and inner is not None and value.kind == "Tensor" and not value.is_numpy:
        library, imports = tensorflow(event)
        whole = replace(event.unit, call, f"{library}.linalg.matrix_transpose({event.unit.source(inner)})")
        out.append(Candidate("Use tf.linalg.matrix_transpose", (*imports, whole), 1))
    return tuple(out)


def _like(node: ast.expr, text: str) -> str:
    return f"[{text}]" if isinstance(node, ast.List) else f"({text})"


def split_candidates(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    """Return the sizes to split into, the first ones larger by one, where a size is not to be divided."""
    message = getattr(event.outcome, "message", "")
    node = argument_of(call, "num_or_size_splits", 1) or argument_of(call, "indices_or_sections", 1)
    found = _SPLIT.search(message)
    if node is None:
        return ()
    if found is None:
        return _whole(event, call, node) if _SIZES.search(message) else ()
    size, number = (int(part) for part in found.groups() if part is not None)
    if not 1 < number <= min(size, 16):
        return ()
    least, more = divmod(size, number)
    sizes = [least + 1] * more + [least] * (number - more)
    if not event.name.startswith("tensorflow."):
        places = [sum(sizes[: at + 1]) for at in range(number - 1)]
        return (Candidate(f"Split at {places}", (replace(event.unit, node, str(places)),), -1),)
    return (Candidate(f"Split into sizes {sizes}", (replace(event.unit, node, str(sizes)),), -1),)


def _whole(event: LibraryCall, call: ast.Call, node: ast.expr) -> tuple[Candidate, ...]:
    """Return the sizes of which the last one is what is left."""
    found = tensors(event)
    axis = argument_of(call, "axis", 2)
    try:
        place = 0 if axis is None else ast.literal_eval(axis)
        sizes = ast.literal_eval(node)
    except ValueError:
        return ()
    shape = found[0][1].shape if found else None
    if not isinstance(sizes, (list, tuple)) or not sizes or shape is None or not -len(shape) <= place < len(shape):
        return ()
    total = shape[place]
    if not isinstance(total, int) or any(type(size) is not int or size < 0 for size in sizes):
        return ()
    last = total - sum(sizes[:-1])
    if last <= 0:
        return ()
    written = str([*sizes[:-1], last])
    return (Candidate(f"Split into sizes {written}", (replace(event.unit, node, written),), -1),)


def image_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that give a picture the axes that functions of `tf.image` ask for, or let them be known."""
    found = tensors(event)
    out: list[Candidate] = []
    if found and found[0][1].shape is not None and len(found[0][1].shape) == 2:
        out += axis_candidates(event, *found[0])
    if found and found[0][1].shape is None:
        for decode in [call for call in calls_before(event) if last_name(call) == "decode_image"][:1]:
            if argument_of(decode, "expand_animations", 4) is None and decode.args:
                last = max(
                    (*decode.args, *(item.value for item in decode.keywords)),
                    key=lambda node: event.unit.span(node).end,
                )
                edit = insert_after(event.unit, last, ", expand_animations=False")
                out.append(Candidate("Decode without the frames of animations: expand_animations=False", (edit,)))
            if isinstance(decode.func, ast.Attribute) and len(decode.args) == 1:
                jpeg = event.unit.source(decode.func.value)
                more = "" if argument_of(decode, "channels", 1) is not None else ", channels=3"
                edits = (
                    replace(event.unit, decode.func, f"{jpeg}.decode_jpeg"),
                    insert_after(event.unit, decode.args[0], more),
                )
                out.append(Candidate("Decode as one picture: decode_jpeg", edits, 1))
        out += _stated(event, found[0][0])
    return tuple(out)


def _stated(event: LibraryCall, argument: Argument) -> list[Candidate]:
    """Return the edit that states the rank of a picture that nobody knows: a line with `set_shape` before."""
    if not isinstance(argument.node, ast.Name):
        return []
    statements = [
        part
        for part in ast.walk(event.unit.tree)
        if isinstance(part, (ast.Assign, ast.Return, ast.Expr)) and any(item is event.node for item in ast.walk(part))
    ]
    if not statements:
        return []
    start = event.unit.span(min(statements, key=lambda part: len(ast.dump(part)))).start
    name = argument.node.id
    text = f"{name}.set_shape([None, None, 3])\n{' ' * start.column}"
    return [Candidate(f"State the shape of `{name}`: set_shape", (Edit(event.unit.path, Span(start, start), text),), 2)]


def _exchanged(event: LibraryCall, node: ast.List | ast.Tuple, computed: ast.expr) -> list[Candidate]:
    """Return the edits that take the size that was computed from the tensor, and compute another one that is written."""
    argument, value = tensors(event)[0]
    if not isinstance(argument.node, (ast.Name, ast.Attribute)):
        return []
    axis = node.elts.index(computed)
    source = event.unit.source(argument.node)
    library, imports = tensorflow(event)
    text = f"{source}.shape[{axis}]" if value.is_numpy else f"{library}.shape({source})[{axis}]"
    needed = () if value.is_numpy else imports
    return [
        Candidate(
            f"Keep the size of axis {axis}, and let the size {ast.unparse(part)} be computed",
            (*needed, replace(event.unit, computed, text), replace(event.unit, part, "-1")),
            rank,
        )
        for rank, part in enumerate(node.elts)
        if part is not computed
    ][:3]


def reshape_layer_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that let a layer `Reshape` compute one of its sizes, or give it one of two that it should compute."""
    step = failing(event)
    made = None if step is None or step.name != "Reshape" else step.made
    node = None if made is None else argument_of(made, "target_shape", 0)
    if step is None or not isinstance(node, (ast.List, ast.Tuple)) or step.unit.path != event.unit.path:
        return ()
    unknown = [part for part in node.elts if isinstance(part, ast.UnaryOp) and ast.unparse(part) == "-1"]
    given = step.inputs[0].shape if step.inputs else None
    out: list[Candidate] = []
    for rank, part in enumerate(unknown or node.elts):
        axis = node.elts.index(part)
        dim = given[axis + 1] if given is not None and axis + 1 < len(given) else None
        if len(unknown) == 2 and isinstance(dim, int):
            title, text = f"Give axis {axis + 1} the size {dim}", str(dim)
        elif not unknown:
            title, text = f"Let the size {ast.unparse(part)} be computed", "-1"
        else:
            continue
        out.append(Candidate(title, (replace(event.unit, part, text),), -rank if not unknown else rank))
    return tuple(out)


def flat_candidates(event: LibraryCall, call: ast.Call) -> tuple[Candidate, ...]:
    """Return the edit that takes one of two sizes to be computed, -1, from the tensor."""
    method = event.receiver is not None and isinstance(call.func, ast.Attribute)
    node = argument_of(call, "shape", 0 if method else 1)
    found = tensors(event)
    if not isinstance(node, (ast.List, ast.Tuple)) or not found or found[0][0].node is None:
        return ()
    unknown = [part for part in node.elts if isinstance(part, ast.UnaryOp) and ast.unparse(part) == "-1"]
    if len(unknown) == 1:
        return tuple(_exchanged(event, node, unknown[0]))
    if len(unknown) != 2:
        return ()
    argument, value = found[0]
    out: list[Candidate] = []
    for rank, part in enumerate(unknown):
        axis = node.elts.index(part)
        dim = value.shape[axis] if value.shape is not None and axis < len(value.shape) else None
        if isinstance(argument.node, (ast.Name, ast.Attribute)):
            source = event.unit.source(argument.node)
            library, imports = tensorflow(event)
            text = f"{source}.shape[{axis}]" if value.is_numpy else f"{library}.shape({source})[{axis}]"
            edits = (*(() if value.is_numpy else imports), replace(event.unit, part, text))
            out.append(Candidate(f"Take the size of axis {axis} from `{source}`", edits, rank))
        elif isinstance(dim, int):
            out.append(Candidate(f"Give axis {axis} the size {dim}", (replace(event.unit, part, str(dim)),), rank))
    return tuple(out)
