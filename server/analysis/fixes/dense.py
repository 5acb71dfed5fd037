"""Make one tensor of a RaggedTensor (`x.to_tensor()`) or a SparseTensor (`tf.sparse.to_dense(x)`)."""

from __future__ import annotations

import ast

from ..interpreter.events import LibraryCall, name_of, tensors
from .candidate import Candidate, tensorflow, wrap


def dense_candidates(event: LibraryCall) -> tuple[Candidate, ...]:
    """Return the edits that hand over a dense tensor instead of each composite argument."""
    out: list[Candidate] = []
    for argument, value in tensors(event):
        node = argument.node
        if node is None or value.kind not in ("RaggedTensor", "SparseTensor"):
            continue
        name = name_of(event, argument)
        if value.kind == "RaggedTensor":
            plain = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
            edits = wrap(event.unit, node, "" if plain else "(", ".to_tensor()" if plain else ").to_tensor()")
            title = f"Pad `{name}` with .to_tensor()"
        else:
            library, imports = tensorflow(event)
            edits = (*imports, *wrap(event.unit, node, f"{library}.sparse.to_dense(", ")"))
            title = f"Make `{name}` dense with {library}.sparse.to_dense"
        out.append(Candidate(title, tuple(edit for edit in edits if edit.new_text), len(out)))
    return tuple(out)
