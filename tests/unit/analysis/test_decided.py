"""Where a shape was decided that does not fit: the related places of a diagnostic."""

from __future__ import annotations

from pathlib import Path

from tests.support.analysis import analyse_files

HEAD = "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n"


def related(program: str, folder: Path) -> list[str]:
    report = analyse_files({"main.py": HEAD + program}, folder, "main.py", fixes=False)
    return [
        f"{item.location.span.start.line + 1 - 3}: {item.message}"
        for found in report.diagnostics
        for item in found.related
    ]


def test_the_reshape_further_up_and_not_the_line_before(tmp_path: Path) -> None:
    program = """\
a = tf.reshape(tf.ones([12, 10]), [4, 30])
a = tf.nn.relu(a)
a = a * 2.0
y = a @ tf.ones([20, 5])
"""
    assert related(program, tmp_path)[0] == "1: reshape makes f32[4, 30] of f32[12, 10] here"


def test_layers_that_hand_a_rank_on(tmp_path: Path) -> None:
    program = """\
x = layers.LSTM(8)(keras.Input((20, 16)))
x = layers.Dropout(0.1)(x)
x = layers.LayerNormalization()(x)
y = layers.LSTM(8)(x)
"""
    assert "LSTM makes KerasTensor f32[batch, 8]" in related(program, tmp_path)[0]
    assert related(program, tmp_path)[0].startswith("1: ")


def test_through_a_function_of_the_program(tmp_path: Path) -> None:
    program = """\
def head(x):
    return layers.Dense(7)(x)


h = head(tf.ones([4, 6]))
h = tf.concat([h, h], 0)
y = tf.matmul(h, tf.ones([6, 2]))
"""
    assert related(program, tmp_path)[0] == "2: Dense makes f32[4, 7] of f32[4, 6] here"


def test_through_the_layers_of_a_sequential(tmp_path: Path) -> None:
    program = """\
body = keras.Sequential(
    [
        keras.Input((9,)),
        layers.Dense(5),
        layers.ReLU(),
    ]
)
h = body(tf.ones([4, 9]))
y = tf.matmul(h, tf.ones([6, 2]))
"""
    assert related(program, tmp_path)[0] == "4: Dense makes f32[4, 5] of f32[4, 9] here"


def test_of_a_tensor_that_is_made_in_place_nothing_is_said_twice(tmp_path: Path) -> None:
    program = """\
a = tf.ones([2, 3])
y = a @ tf.ones([4, 5])
"""
    assert related(program, tmp_path) == ["1: `a` is f32[2, 3] since line 4"]


def test_labels_and_predictions(tmp_path: Path) -> None:
    program = """\
p = tf.nn.softmax(layers.Dense(5)(tf.ones([8, 3])))
labels = tf.ones([8, 4])
loss = keras.losses.CategoricalCrossentropy()(labels, p)
"""
    assert "1: Dense makes f32[8, 5] of f32[8, 3] here" in related(program, tmp_path)


def test_asking_the_layers_of_a_sequential_leaves_them_as_they_are(tmp_path: Path) -> None:
    program = """\
first, second = layers.Dense(3), layers.Dense(4)
model = keras.Sequential([first, second])
try:
    y = model(tf.ones([3]))
except Exception:
    pass
built = first.built
"""
    report = analyse_files({"main.py": HEAD + program}, tmp_path, "main.py", fixes=False)
    assert report.status == "complete"
