"""The process that runs programs under real TensorFlow: imports it once, then forks for each program.

Run by path. Each line of standard input is a job `{"folder", "main"}`; each line of the answer says what the hooks
saw and which exception came out. The programs were given their hooks by `truth`, which talks to this process; the
standard library, NumPy, TensorFlow and Keras are all that is needed here.
"""

from __future__ import annotations

import builtins
import json
import os
import re
import select
import signal
import sys
import time
import types
from typing import Any

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0")
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")

SECONDS = 60
SHORT: dict[str, str] = {}  # filled from `notation`, which is read by path: no package is needed here
DOWNLOADS: dict[str, Any] = {}  # `downloads`, read by path too


def dtype_of(dtype: Any) -> str:
    """Return a dtype's short name; text of any length is `string`."""
    import numpy as np

    if isinstance(dtype, np.dtype) and dtype.kind in "SU":
        return "string"
    name = getattr(dtype, "name", None) or str(dtype)
    name = name.removesuffix("_ref")  # of a variable of TensorFlow 1
    return SHORT.get(name, name)


def dims_of(shape: Any) -> str:
    """Return a shape as it stands between brackets; `...` where the rank is unknown."""
    if shape is None or getattr(shape, "rank", 0) is None:
        return "..."
    dims = [getattr(dim, "value", dim) for dim in tuple(shape)]  # a Dimension of TensorFlow 1
    return ", ".join("?" if dim is None else str(int(dim)) for dim in dims)


def kind_of(value: Any) -> str | None:
    """Return the kind of a tensor-like value, or None for anything else."""
    import numpy as np
    import tensorflow as tf

    names = {cls.__name__ for cls in type(value).__mro__}
    if "KerasTensor" in names:  # its module differs between Keras 2 and 3
        return "KerasTensor"
    if isinstance(value, tf.Variable) or ("Variable" in names and hasattr(value, "assign")):
        return "Variable"
    if isinstance(value, tf.RaggedTensor):
        return "RaggedTensor"
    if isinstance(value, tf.SparseTensor):
        return "SparseTensor"
    if isinstance(value, tf.IndexedSlices):
        return "IndexedSlices"
    if isinstance(value, tf.Tensor):
        return "Tensor"
    if isinstance(value, (np.ndarray, np.generic)):
        return "npscalar" if isinstance(value, np.generic) else "ndarray"
    return None


def text_of(value: Any, depth: int = 3) -> str:
    """Return a value in the notation of `# reveal:`."""
    import tensorflow as tf

    kind = kind_of(value)
    if kind:
        tensor = f"{dtype_of(value.dtype)}[{dims_of(value.shape)}]"
        return tensor if kind == "Tensor" else f"{kind} {tensor}"
    if value is None:
        return "None"
    if type(value) in (bool, int, float, complex, str, bytes):
        return f"{type(value).__name__} {value!r}"
    if type(value) in (tuple, list) and len(value) <= 8 and depth:
        members = ", ".join(text_of(member, depth - 1) for member in value)
        return f"tuple ({members})" if type(value) is tuple else f"list [{members}]"
    if isinstance(value, tf.data.Dataset):
        return "Dataset"
    if isinstance(value, type):
        return "class"
    if isinstance(value, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)):
        return "function"
    return type(value).__name__


class Run:
    """One program's run, in a process of its own."""

    def __init__(self, folder: str):
        self.folder = folder
        self.seen: dict[str, dict[str, list[str]]] = {}

    def see(self, number: str, value: Any) -> Any:
        """Note what an expression was, and hand it on unchanged."""
        classes = [cls.__name__ for cls in type(value).__mro__]
        self.seen.setdefault(number, {})[text_of(value)] = classes
        return value

    def places(self, error: BaseException) -> list[list[Any]]:
        """Return the (file, 1-based line) places of the program that an exception came through, innermost last."""
        frames, trace = [], error.__traceback__
        while trace is not None:
            frames.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        # What AutoGraph has converted runs from files of its own; it keeps the places of the originals.
        converted = getattr(getattr(error, "ag_error_metadata", None), "translated_stack", ())
        frames += [(frame.filename, frame.lineno) for frame in reversed(converted)]
        # Keras 2 makes an exception of its own of it, and keeps the places in the words. In those of a session stand the places
        # where the graph was built.
        if not any(name.endswith("tensorflow/python/client/session.py") for name, _ in frames):
            frames += [(name, int(line)) for name, line in re.findall(r'File "([^"]+)", line (\d+), in ', str(error))]
        inside = os.path.join(self.folder, "")
        return [[name[len(inside) :], line] for name, line in frames if name.startswith(inside)]

    def run(self, main: str) -> dict[str, Any]:
        """Run the program and say what came of it."""
        import tensorflow as tf

        builtins._see_ = tf.autograph.experimental.do_not_convert(self.see)  # type: ignore[attr-defined]
        sys.path.insert(0, self.folder)
        path = os.path.join(self.folder, main)
        module = types.ModuleType("__main__")
        module.__file__ = path
        sys.modules["__main__"] = module
        raised = None
        try:
            with open(path, encoding="utf-8") as file:
                code = compile(file.read(), path, "exec", dont_inherit=True)
            exec(code, module.__dict__)
        except BaseException as error:  # SystemExit too is something that came out of the program
            raised = {"type": type(error).__name__, "message": str(error)[:2000], "places": self.places(error)}
        return {"seen": self.seen, "raised": raised}


def in_child(job: dict[str, Any], answer: int) -> None:
    """Run one job here and write its result to the descriptor `answer`."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.chdir(job["folder"])
    DOWNLOADS["install"]()
    data = json.dumps(Run(job["folder"]).run(job["main"])).encode()
    while data:
        data = data[os.write(answer, data) :]


def fork(job: dict[str, Any]) -> dict[str, Any]:
    """Run one job in a child, with a time limit."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            in_child(job, writer)
        finally:
            os._exit(0)
    os.close(writer)
    data, deadline = b"", time.monotonic() + SECONDS
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(reader, 65536) if ready else b""
        if not piece:
            break
        data += piece
    if time.monotonic() >= deadline:
        os.kill(child, signal.SIGKILL)
    os.close(reader)
    _, status = os.waitpid(child, 0)
    if not data:
        return {"crash": f"the program ended with wait status {status} and said nothing"}
    return json.loads(data)


def read_by_path(folder: str, name: str) -> dict[str, Any]:
    """Return the names of a module that stands beside this one."""
    space: dict[str, Any] = {"__name__": name}
    with open(os.path.join(folder, f"{name}.py"), encoding="utf-8") as file:
        exec(compile(file.read(), f"{name}.py", "exec"), space)
    return space


def main() -> None:
    """Answer jobs until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # TensorFlow and absl write to 1 while they are imported
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    SHORT.update(read_by_path(here, "notation")["SHORT"])
    DOWNLOADS.update(read_by_path(here, "downloads"))
    sys.path.append(os.path.join(here, "stand_ins"))  # last: for what is not installed
    import tensorflow as tf

    # Keras is loaded lazily: touched here once, and not again in every child. Nothing runs before the forks:
    # a child would inherit TensorFlow's pools without their threads.
    _ = tf.keras.layers.Dense, tf.keras.Model
    print(json.dumps({"tensorflow": tf.__version__}), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(fork(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
