"""A model is edited again and again: what was remembered of it as it was says nothing of it as it is."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from server.analysis import run
from server.analysis.libraries.memo import Memo
from tests.support.analysis import analyse_files

FUNCTIONAL = """
import tensorflow as tf
from tensorflow import keras

a = keras.Input((4,))
b = keras.Input((4,))
d = keras.layers.Dense(4)
e = keras.layers.Dense(4)
model = keras.Model({inputs}, {outputs})
weights = model.count_params()
y = model({call})
"""
#: Inputs, outputs, call: layers that are shared and that are not, inputs that are connected and that are not.
VARIANTS = (
    ("a", "d(d(a))", "tf.zeros([2, 4])"),
    ("a", "e(d(a))", "tf.zeros([2, 4])"),
    ("b", "d(d(a))", "tf.zeros([2, 4])"),
    ("a", "d(a)", "tf.zeros([3, 4])"),
    ("[a, b]", "d(a) + b", "[tf.zeros([2, 4]), tf.zeros([2, 4])]"),
    ("[a, b]", "d(a) + b", "[tf.zeros([2, 4]), tf.zeros([2, 5])]"),
)
SEQUENTIAL = """
import numpy as np
from tensorflow import keras

model = keras.Sequential()
model.add(keras.Input(({width},)))
model.add(keras.layers.Dense(4))
model.add(keras.layers.Dense({units}))
y = model(np.zeros((20, 7)))
shape = model.output_shape
"""
PROGRAMS = tuple(FUNCTIONAL.format(inputs=x, outputs=y, call=call) for x, y, call in VARIANTS) + tuple(
    SEQUENTIAL.format(width=width, units=units) for width in (7, 8) for units in (1, 4)
)


def _said(text: str, folder: Path) -> list[str]:
    report = analyse_files({"main.py": text}, folder, "main.py")
    facts = [f"{fact.span.start} {fact.text} {fact.constant}" for fact in report.facts]
    return facts + [f"{item.span.start} {item.code} {item.message}" for item in report.diagnostics]


@pytest.mark.parametrize("backwards", [False, True])
def test_every_edit_is_answered_as_if_it_were_the_first(
    backwards: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = {}
    for text in PROGRAMS:
        monkeypatch.setattr(run, "_memo", Memo())
        alone[text] = _said(text, tmp_path)
    assert len({tuple(said) for said in alone.values()}) == len(PROGRAMS)
    monkeypatch.setattr(run, "_memo", Memo())
    order = [text for pair in itertools.permutations(PROGRAMS[:: -1 if backwards else 1], 2) for text in pair]
    for text in order:
        assert _said(text, tmp_path) == alone[text], text
