"""The process that runs the scripts: it imports TensorFlow once and forks for each of them.

Run by path; the arguments are scripts. For each, one line of JSON says how it ended: `{"path", "error", "seconds"}`.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import signal
import sys
import tempfile
import time
import traceback

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0", MPLBACKEND="Agg")
os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")

SECONDS = 90


def run(path: str, log: str) -> None:
    """Run one script in this process, and end it: 0 where nothing was raised."""
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    signal.alarm(SECONDS)
    sys.argv = [path]
    status = 0
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        status = 0 if end.code in (None, 0) else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(status)


def main() -> None:
    import tensorflow as tf

    tf.keras.layers.Dense  # noqa: B018 (loads Keras before the first fork)
    answers = os.fdopen(os.dup(1), "w")
    for path in sys.argv[1:]:
        started = time.time()
        handle, log = tempfile.mkstemp()
        os.close(handle)
        child = os.fork()
        if child == 0:
            run(os.path.abspath(path), log)
        _, status = os.waitpid(child, 0)
        with open(log, encoding="utf-8", errors="replace") as file:
            tail = file.read()[-2500:]
        os.unlink(log)
        error = tail or f"status {status}" if status else ""
        answers.write(json.dumps({"path": path, "error": error, "seconds": round(time.time() - started, 2)}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
