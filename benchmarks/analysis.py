"""What an analysis costs: first time, again with everything remembered, and per line; memory at its peak.

Told as ratios to importing TensorFlow in the same run.

    .venv/bin/python benchmarks/analysis.py [FILE]
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

BLOCK = """
weights{i} = tf.random.normal([{n}, 16])
hidden{i} = tf.nn.relu(tf.matmul(tf.ones([8, {n}]), weights{i}) + tf.zeros([16]))
logits{i} = tf.keras.layers.Dense({n})(hidden{i})
targets{i} = tf.one_hot(np.arange(8) % {n}, depth={n})
loss{i} = tf.keras.losses.CategoricalCrossentropy(from_logits=True)(targets{i}, logits{i})
for step{i} in range(3):
    hidden{i} = hidden{i} * 0.5 + tf.reduce_sum(hidden{i}, axis=-1, keepdims=True)
"""


def main() -> None:
    started = time.perf_counter()
    import keras
    import tensorflow

    assert keras.layers
    assert tensorflow
    imported = time.perf_counter() - started
    from server.analysis.analyzer import Request, analyse

    if len(sys.argv) > 1:
        text = Path(sys.argv[1]).read_text(encoding="utf-8")
    else:
        text = "import numpy as np\nimport tensorflow as tf\n" + "".join(
            BLOCK.format(i=i, n=3 + i % 9) for i in range(60)
        )
    request = Request(str(ROOT / "benchmark.py"), text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(4):
        started = time.perf_counter()
        report = analyse(request)
        times.append(time.perf_counter() - started)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = text.count("\n")
    print(f"{lines} lines, {len(report.facts)} facts; import tensorflow {imported:.2f} s")
    print(f"first time       {times[0]:7.3f} s  {times[0] / imported:6.2f} x import")
    print(
        f"again, memoised  {min(times[1:]):7.3f} s  {min(times[1:]) / imported:6.2f} x import, {min(times[1:]) / lines * 1e6:.0f} µs a line"
    )
    print(f"memory at the peak: {before >> 10} MiB after importing, {after >> 10} MiB after the analyses")


if __name__ == "__main__":
    main()
