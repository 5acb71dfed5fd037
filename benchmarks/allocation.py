"""What large tensors, arrays and models cost the analysis: time and memory, though none of them is ever allocated.

Each program is analysed in a process of its own, forked after importing the libraries. The memory is what the process
took beyond that, at its peak; beside it what the program itself would take.

    .venv/bin/python benchmarks/allocation.py
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HEAD = "import numpy as np\nimport tensorflow as tf\nimport keras\n"
#: Program, and the bytes that its largest values would take.
PROGRAMS: list[tuple[str, float]] = [
    ("x = tf.zeros([100000, 100000])", 4e10),
    ("x = tf.random.normal([100000, 400000])\ny = tf.matmul(x, x, transpose_b=True)", 2e11),
    ("x = np.random.rand(10**6, 10**4)", 8e10),
    ("x = np.zeros((10**6, 10**4))\ny = x.reshape(-1, 100)\nz = y.mean(axis=0)", 8e10),
    ("x = np.ones((50000, 224, 224, 3), 'float32') / 255.0\ny = x.transpose(0, 3, 1, 2)", 3e10),
    ("x = tf.one_hot(tf.zeros([4], tf.int32), 10**9)", 1.6e10),
    ("x = tf.range(10**10)", 8e10),
    ("x = tf.Variable(tf.zeros([10**5, 10**5]))\nx.assign_add(tf.ones([10**5, 10**5]))", 8e10),
    ("x = keras.layers.Embedding(10**8, 1024)(tf.zeros([32, 100], tf.int32))", 4e11),
    ("x = keras.layers.Dense(10**6)(tf.zeros([8, 10**5]))", 4e11),
    ("m = keras.Sequential([keras.Input((10**5,)), keras.layers.Dense(10**6), keras.layers.Dense(10)])", 4e11),
    ("m = keras.applications.ResNet152(weights=None)", 2.4e8),
    ("m = keras.applications.ResNet152(weights=None)\ny = m(tf.zeros([2, 224, 224, 3]))", 2.4e8),
    ("m = keras.applications.EfficientNetB7(weights=None)", 2.7e8),
    ("d = tf.data.Dataset.from_tensor_slices(np.zeros((10**7, 100))).batch(32)\nfor x in d:\n    y = x", 8e9),
]


def measure(text: str) -> tuple[float, float, str]:
    """Analyse a program in a fork; returns seconds, MiB beyond the start, and how the analysis ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        from server.analysis.analyzer import Request, analyse

        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 2)
        before = _resident()
        started = time.perf_counter()
        report = analyse(Request(str(ROOT / "allocation.py"), HEAD + text))
        seconds = time.perf_counter() - started
        unknown = sum(fact.kind == "unknown" for fact in report.facts)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        state = f"{report.status}, {unknown} of {len(report.facts)} expressions unknown"
        os.write(writer, f"{seconds}|{max(peak - before, 0.0)}|{state}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    seconds, memory, state = (answer or "nan|nan|the process died").split("|")
    return float(seconds), float(memory), state


def _resident() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def main() -> None:
    started = time.perf_counter()
    import keras
    import tensorflow as tf

    from server.analysis.analyzer import Request, analyse

    assert keras.applications
    assert tf.data
    imported = time.perf_counter() - started
    # What every analysis loads once: not what these programs cost.
    analyse(
        Request(str(ROOT / "allocation.py"), HEAD + "x = keras.layers.Dense(2)(tf.zeros([2, 3]))\ny = np.ones(3) + 1")
    )
    print(f"import of the libraries {imported:.2f} s; memory beyond it, and the share of what the program would take\n")
    print(f"{'time':>9} {'x import':>8} {'memory':>9} {'would be':>11}  program")
    for text, size in PROGRAMS:
        seconds, memory, state = measure(text)
        print(
            f"{seconds * 1000:7.0f} ms {seconds / imported:8.3f} {memory:5.0f} MiB {size / 2**30:7.1f} GiB  "
            f"{text.splitlines()[-1][:80]}  ({state})"
        )


if __name__ == "__main__":
    main()
