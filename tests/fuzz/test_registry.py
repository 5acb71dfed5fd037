"""Differential test over everything that may be asked: drawn calls, run for real and asked of the bridge.

The cases are numbered, so a run is the same every time; `SHAPEWRIGHT_FUZZ=large` makes many more. They are made in a
process of its own, which is started again behind a case that ends it: some kernels abort on arguments that nobody meant.
"""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from . import registry
from .ops import Case
from .registry_worker import judged

ROOT = Path(__file__).resolve().parents[2]
LARGE = os.environ.get("SHAPEWRIGHT_FUZZ") == "large"
CASES = 100_000 if LARGE else 4_000
#: How often the process may end before that is a failure of its own.
MAX_CRASHES = CASES // 500


def run(first: int, last: int, path: Path) -> tuple[list[dict[str, str]], list[str]]:
    """Make the cases of these numbers; returns what was found, and the names of the cases that ended the process."""
    crashed: list[str] = []
    while first < last:
        command = [sys.executable, "-m", "tests.fuzz.registry_worker", str(first), str(last), str(path)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            break
        notes = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        assert notes, done.stderr
        assert notes[-1]["verdict"] == "begun", done.stderr  # a fault of the test, no crash of a kernel
        crashed.append(notes[-1]["name"])
        assert len(crashed) <= MAX_CRASHES, crashed
        first = notes[-1]["seed"] + 1
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()], crashed


def test_drawn_calls(tmp_path: Path) -> None:
    notes, _ = run(0, CASES, tmp_path / "cases.jsonl")
    counts = collections.Counter(note["verdict"] for note in notes)
    wrong = [f"{note['seed']} {note['name']}: {note['details']}" for note in notes if note["verdict"] == "WRONG"]
    assert wrong == []
    assert counts["begun"] >= CASES * 0.9
    assert counts["agrees"] >= CASES * 0.3
    assert counts["refused"] >= CASES * 0.2


def test_every_group_is_drawn_from() -> None:
    raw, tensorflow, keras, numpy = registry.names()
    assert len(raw) > 300
    assert len(tensorflow) > 500
    assert len(keras) > 200
    assert len(numpy) > 300


def test_a_wrong_answer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from . import test_ops

    case = Case("tensorflow.square", [np.ones((2, 3), "float32")])
    assert judged(case, 1)[0] == "agrees"
    monkeypatch.setattr(test_ops, "really", lambda case, kind: (np.ones((3, 2), "float32"), None))
    assert judged(case, 1)[0] == "WRONG"
    refused = Case("tensorflow.matmul", [np.ones((2, 3), "float32"), np.ones((2, 3), "float32")])
    verdicts = {judged(refused, seed)[0] for seed in range(8)}
    assert "WRONG" in verdicts
