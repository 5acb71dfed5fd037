"""Names that are gone: what is said of them, what is not, and what the analysis goes on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.analysis.libraries import absent
from server.analysis.report import Report
from server.analysis.rules.reached import surely_reached
from server.analysis.source.unit import Unit
from tests.support.analysis import analyse_files


def _report(tmp_path: Path, text: str, **others: str) -> Report:
    texts = {"main.py": text, **{f"{name}.py": content for name, content in others.items()}}
    return analyse_files(texts, tmp_path, "main.py", fixes=False)


def _facts(report: Report) -> dict[int, str]:
    return {fact.span.start.line: fact.text for fact in report.facts if fact.span.start.column == 0}


def test_the_analysis_goes_on_with_the_meaning_of_tensorflow_1(tmp_path: Path) -> None:
    report = _report(tmp_path, "import tensorflow as tf\nx = tf.to_float(tf.constant([1, 2]))\ny = x + 1.0\n")
    assert [diagnostic.code for diagnostic in report.diagnostics] == ["removed-api"]
    assert _facts(report)[2] == "f32[2]"


def test_the_range_is_the_dotted_expression(tmp_path: Path) -> None:
    report = _report(tmp_path, "import tensorflow as tf\ns = tf.Session(config=None)\n")
    (diagnostic,) = report.diagnostics
    assert (diagnostic.span.start.column, diagnostic.span.end.column) == (4, 14)
    assert diagnostic.detail.startswith("AttributeError: module 'tensorflow' has no attribute")


def test_each_use_is_reported_once(tmp_path: Path) -> None:
    text = "import tensorflow as tf\nfor i in range(3):\n    tf.logging.info(tf.logging.INFO)\n"
    assert len(_report(tmp_path, text).diagnostics) == 2


def test_the_version_is_known(tmp_path: Path) -> None:
    report = _report(tmp_path, "import tensorflow as tf\nv = tf.__version__\n")
    assert absent.version("tensorflow") in next(fact.constant or "" for fact in report.facts if fact.span.start.line)


def test_what_a_module_of_the_workspace_sets_is_there(tmp_path: Path) -> None:
    text = "import numpy as np\nimport patches\nx = np.int\n"
    assert not _report(tmp_path, text, patches="import numpy as np\nnp.int = int\n").diagnostics


def test_a_star_import_may_have_rebound_the_alias(tmp_path: Path) -> None:
    text = "import tensorflow as tf\nfrom somewhere import *\ntf.Session\n"
    assert not _report(tmp_path, text).diagnostics
    text = "from somewhere import *\nimport tensorflow as tf\ntf.Session\n"
    assert len(_report(tmp_path, text).diagnostics) == 1


def test_a_module_of_the_workspace_hides_that_of_the_library(tmp_path: Path) -> None:
    text = "import keras.extra\n"
    assert len(_report(tmp_path, text).diagnostics) == 1
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras/__init__.py").write_text("")
    (tmp_path / "keras/extra.py").write_text("")
    assert not _report(tmp_path, text).diagnostics


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("tensorflow", "keras"),
        ("tensorflow", "python"),  # there, though reading it may fail: some import may bring it
        ("tensorflow", "_api"),
        ("tensorflow.keras", "layers"),
        ("tensorflow.compat", "v1"),
        ("numpy", "testing"),
        ("numpy", "float64"),
        ("os", "nothing"),
    ],
)
def test_what_is_there_is_not_absent(module: str, name: str) -> None:
    assert absent.absence(module, name) is None


def test_what_is_gone_is_absent() -> None:
    refused = absent.absence("tensorflow", "placeholder")
    assert refused is not None
    assert refused.type == "AttributeError"
    gone = absent.import_failure("tensorflow.contrib.slim")
    assert gone is not None
    assert gone.message == "No module named 'tensorflow.contrib'"
    assert absent.import_failure("tensorflow.python.framework.ops") is None
    assert absent.import_failure("tensorflow.keras.layers") is None


def test_only_the_same_function_is_a_new_name() -> None:
    assert absent.renamed("tensorflow.log") == "tensorflow.math.log"
    assert absent.renamed("tensorflow.multinomial") is None
    assert absent.renamed("tensorflow.nothing") is None
    assert absent.compatible("tensorflow.multinomial") == "tensorflow.compat.v1.multinomial"
    assert absent.compatible("tensorflow.contrib") is None


GUARDED = [
    "if VERSION >= 2:\n    HERE",
    "if VERSION >= 2:\n    pass\nelse:\n    HERE",
    "x = HERE if packaging.version.parse(a) < b else 0",
    "x = tf_version < 2 and HERE",
    "def f():\n    if is_tf2():\n        return\n    HERE",
    "def f():\n    if not tf2:\n        raise ValueError\n    HERE",
    "try:\n    import x\nexcept ImportError:\n    HERE",
    "try:\n    pass\nexcept HERE:\n    pass",
    "def f(x: HERE): pass",
    "x: HERE = 1",
    "@unittest.skipIf(new, 'old')\ndef f():\n    HERE",
    "def g():\n    HERE\nif v1:\n    g()",
    "FLAG = sys.version_info > (3,)\nif FLAG:\n    HERE",
    "try:\n    import x\n    GOOD = True\nexcept ImportError:\n    GOOD = False\nif GOOD:\n    HERE",
    "def modern():\n    return version.parse(a) > b\nif modern():\n    HERE",
]
REACHED = [
    "HERE",
    "if train:\n    HERE",
    "def f(x):\n    return HERE",
    "def g():\n    HERE\ng()\nif v1:\n    g()",
    "with tf.compat.v1.Session() as s:\n    HERE",
    "for i in range(3):\n    if i:\n        continue\n    HERE",
    "try:\n    HERE\nfinally:\n    pass",
]


@pytest.mark.parametrize(("text", "expected"), [*((t, False) for t in GUARDED), *((t, True) for t in REACHED)])
def test_what_stands_behind_a_test_of_the_version(text: str, expected: bool) -> None:
    import ast

    unit = Unit("a.py", text)
    node = next(n for n in ast.walk(unit.tree) if isinstance(n, ast.Name) and n.id == "HERE")
    assert surely_reached(unit, node) is expected
