"""How long until the editor is answered: process start, first diagnostics (engine cold and warm), hover.

Machines are noisy, so everything is told as a ratio to a reference measured in the same run: an empty Python, and an
`import tensorflow`.

    .venv/bin/python benchmarks/startup.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from client import Client

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "import tensorflow as tf\nb = tf.ones([2, 3])\nc = tf.matmul(b, b)\n"
ROUNDS = 3


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    return time.perf_counter() - started


def session(folder: Path) -> dict[str, float]:
    """One life of a server: start, first diagnostics, those of a second document, hovers."""
    out: dict[str, float] = {}
    started = time.perf_counter()
    client = Client([sys.executable, str(ROOT / "server/__main__.py"), "server"], folder)
    client.initialize()
    out["initialize"] = time.perf_counter() - started
    client.open("first.py", PROGRAM)
    client.diagnostics("first.py")
    out["first diagnostics"] = time.perf_counter() - started
    again = time.perf_counter()
    client.open("second.py", PROGRAM)
    client.diagnostics("second.py")
    out["diagnostics, engine warm"] = time.perf_counter() - again
    hovers = []
    for _ in range(50):
        asked = time.perf_counter()
        client.hover("first.py", 1, 0)
        hovers.append(time.perf_counter() - asked)
    out["hover, median"] = sorted(hovers)[len(hovers) // 2]
    out["hover, slowest of 50"] = max(hovers)
    client.close()
    return out


def main() -> None:
    python = min(seconds([sys.executable, "-c", "pass"]) for _ in range(ROUNDS))
    tensorflow = min(seconds([sys.executable, "-c", "import tensorflow, keras; keras.layers"]) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as folder:
        rounds = [session(Path(folder)) for _ in range(ROUNDS)]
    print(
        f"references: an empty Python {python * 1000:.0f} ms, import tensorflow and keras {tensorflow * 1000:.0f} ms\n"
    )
    print(f"{'best of ' + str(ROUNDS):28} {'ms':>8} {'x Python':>9} {'x import':>9}")
    for name in rounds[0]:
        best = min(one[name] for one in rounds)
        print(f"{name:28} {best * 1000:8.1f} {best / python:9.2f} {best / tensorflow:9.3f}")


if __name__ == "__main__":
    main()
