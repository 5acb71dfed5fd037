"""Imports: libraries under all names that a program gives them, and helpers in other files of the workspace."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from server.analysis.names.finder import MAX_BYTES, ModuleFinder
from server.analysis.report import Fact, Report
from server.analysis.request import Request
from server.analysis.run import run
from server.analysis.source.unit import Unit

FILES = {
    "helper.py": "size = 3\n_hidden = 4\n",
    "app/__init__.py": "from . import shapes\nname = 'app'\n",
    "app/shapes.py": "rows = 5\n",
    "app/deep/__init__.py": "",
    "app/deep/inner.py": "columns = 7\n",
    "bare/module.py": "depth = 9\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "workspace" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "workspace"


def found(folder: Path, dotted: str, level: int = 0, document: str = "main.py", **overlays: str) -> str | None:
    """Return the path, inside of the folder, of the module that an import means."""
    path = str(folder / document)
    texts = {str(folder / f"{name}.py"): text for name, text in overlays.items()}
    unit = ModuleFinder(path, (str(folder),), texts).find(Unit(path, ""), dotted, level)
    return None if unit is None else Path(unit.path).relative_to(folder).as_posix()


def touch(path: Path) -> None:
    """Let a later time stand on a folder, as it would after a pause."""
    time = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(time, time))


# The finder ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dotted", "path"),
    [
        ("helper", "helper.py"),
        ("app", "app/__init__.py"),
        ("app.shapes", "app/shapes.py"),
        ("app.deep", "app/deep/__init__.py"),
        ("app.deep.inner", "app/deep/inner.py"),
        ("bare.module", "bare/module.py"),
        ("app.missing", None),
        ("app.shapes.rows", None),
        ("missing", None),
        ("missing.helper", None),
        ("os", None),
        ("jedi", None),
        ("tensorflow.keras", None),
    ],
)
def test_modules_are_found_by_their_dotted_names(folder: Path, dotted: str, path: str | None) -> None:
    assert found(folder, dotted) == path


@pytest.mark.parametrize(
    ("document", "dotted", "level", "path"),
    [
        ("app/shapes.py", "", 1, "app/__init__.py"),
        ("app/shapes.py", "deep", 1, "app/deep/__init__.py"),
        ("app/shapes.py", "deep.inner", 1, "app/deep/inner.py"),
        ("app/deep/inner.py", "shapes", 2, "app/shapes.py"),
        ("app/deep/inner.py", "", 2, "app/__init__.py"),
        ("app/deep/inner.py", "missing", 2, None),
        ("app/deep/inner.py", "shapes", 1, None),
        ("app/deep/inner.py", "helper", 40, None),
        ("bare/module.py", "", 1, None),
    ],
)
def test_leading_dots_count_packages(folder: Path, document: str, dotted: str, level: int, path: str | None) -> None:
    assert found(folder, dotted, level, document) == path


def test_a_module_beside_the_document_comes_before_one_of_the_workspace(folder: Path) -> None:
    (folder / "app" / "helper.py").write_text("size = 8\n")
    assert found(folder, "helper", document="app/shapes.py") == "app/helper.py"
    assert found(folder, "helper") == "helper.py"


def test_what_lies_outside_of_the_workspace_is_not_read(folder: Path) -> None:
    outside = folder.parent / "outside.py"
    outside.write_text("x = 1\n")
    (folder / "linked.py").symlink_to(outside)
    assert found(folder, "linked") is None
    (folder / "alias.py").symlink_to(folder / "helper.py")
    assert found(folder, "alias") is not None


def test_a_module_that_comes_later_is_found(folder: Path) -> None:
    assert found(folder, "app.later") is None
    (folder / "app" / "later.py").write_text("x = 1\n")
    touch(folder / "app")
    assert found(folder, "app.later") == "app/later.py"


def test_a_module_that_is_gone_is_not_found(folder: Path) -> None:
    assert found(folder, "app.shapes") == "app/shapes.py"
    (folder / "app" / "shapes.py").unlink()
    touch(folder / "app")
    assert found(folder, "app.shapes") is None


def test_a_module_that_becomes_a_package_is_found_there(folder: Path) -> None:
    assert found(folder, "helper") == "helper.py"
    (folder / "helper").mkdir()
    (folder / "helper.py").rename(folder / "helper" / "__init__.py")
    touch(folder)
    assert found(folder, "helper") == "helper/__init__.py"


@pytest.mark.parametrize(
    "content",
    [b"x = '\xff'\n", b"# coding: nonsense\n", b"x = 1\0", b"#" * (MAX_BYTES + 1)],
    ids=["no UTF-8", "no such coding", "NUL", "too large"],
)
def test_a_file_that_cannot_be_read_is_as_good_as_absent(folder: Path, content: bytes) -> None:
    (folder / "odd.py").write_bytes(content)
    assert found(folder, "odd") is None


def test_a_broken_file_is_read_as_far_as_it_goes(folder: Path) -> None:
    (folder / "helper.py").write_text("size = 3\nsize = (\n")
    assert found(folder, "helper") == "helper.py"


def test_files_are_read_in_the_coding_that_they_name(folder: Path) -> None:
    (folder / "old.py").write_bytes("# coding: latin-1\nname = 'é'\n".encode("latin-1"))
    path = str(folder / "main.py")
    unit = ModuleFinder(path, (str(folder),), {}).find(Unit(path, ""), "old", 0)
    assert unit is not None
    assert unit.text.endswith("name = 'é'\n")


def test_the_text_of_an_open_document_comes_before_the_one_on_disk(folder: Path) -> None:
    path, helper = str(folder / "main.py"), str(folder / "helper.py")
    unit = ModuleFinder(path, (str(folder),), {helper: "size = 30\n"}).find(Unit(path, ""), "helper", 0)
    assert unit is not None
    assert (unit.path, unit.text, unit.name) == (helper, "size = 30\n", "helper")
    assert found(folder, "helper", helper="\0") is None


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(folder: Path) -> None:
    path = str(folder / "main.py")

    def read() -> Unit | None:
        return ModuleFinder(path, (str(folder),), {}).find(Unit(path, ""), "helper", 0)

    first = read()
    assert read() is first
    (folder / "helper.py").write_text("size = 12345\n")
    second = read()
    assert second is not None
    assert second.text == "size = 12345\n"


def test_all_files_that_an_answer_was_read_from_are_named(folder: Path) -> None:
    path = str(folder / "main.py")
    finder = ModuleFinder(path, (str(folder),), {})
    for dotted in ("helper", "app.shapes", "missing", "numpy"):
        finder.find(Unit(path, ""), dotted, 0)
    assert finder.dependencies == {str(folder / "helper.py"), str(folder / "app" / "shapes.py")}


# Imports in programs -------------------------------------------------------------------------------------------------


def report_on(folder: Path, text: str, overlays: Mapping[str, str] | None = None) -> Report:
    request = Request(str(folder / "main.py"), text, roots=(str(folder),), overlays=overlays or {})
    return run(request, lambda: None).report


def result(folder: Path, imports: str, expression: str, overlays: Mapping[str, str] | None = None) -> Fact:
    """Return the fact of an expression behind imports."""
    report = report_on(folder, f"{imports}\nresult = {expression}\n", overlays)
    assert report.status == "complete"
    line = imports.count("\n") + 1
    return next(fact for fact in report.facts if fact.span.start.line == line and fact.span.start.column == 0)


@pytest.mark.parametrize(
    ("imports", "expression", "text"),
    [
        ("import tensorflow", "tensorflow.zeros([2])", "f32[2]"),
        ("import tensorflow as tf", "tf.zeros([2])", "f32[2]"),
        ("import tensorflow as größe", "größe.zeros([2])", "f32[2]"),
        ("import tensorflow.compat.v1 as tf", "tf.zeros([2])", "f32[2]"),
        ("import tensorflow.keras", "tensorflow.zeros([2])", "f32[2]"),
        ("import tensorflow.keras.layers as layers", "layers.Dense(2)", "Dense"),
        ("import numpy, tensorflow as tf", "tf.constant(numpy.zeros(2))", "f64[2]"),
        ("import numpy.linalg", "numpy.linalg.det(numpy.ones([2, 2])).dtype.name", "str 'float64'"),
        ("from tensorflow import zeros", "zeros([2])", "f32[2]"),
        ("from tensorflow import ones, zeros as z", "z([2])", "f32[2]"),
        ("from tensorflow import keras", "keras.layers.Dense(2)", "Dense"),
        ("from tensorflow.keras import layers as L", "L.Dense(2)", "Dense"),
        ("from tensorflow.keras.layers import Dense as D", "D(2)", "Dense"),
        ("from numpy import *", "zeros(2)", "ndarray f64[2]"),
        ("def f():\n    import tensorflow as tf\n    return tf.zeros([2])", "f()", "f32[2]"),
        ("import helper", "helper.size", "int 3"),
        ("import helper as h", "h.size", "int 3"),
        ("from helper import size", "size", "int 3"),
        ("from helper import size as s, _hidden as h", "s + h", "int 7"),
        ("from helper import *", "size", "int 3"),
        ("import app", "app.shapes.rows", "int 5"),
        ("import app.deep.inner", "app.deep.inner.columns", "int 7"),
        ("import app.deep.inner as inner", "inner.columns", "int 7"),
        ("from app import deep, shapes as s", "s.rows", "int 5"),
        ("from app.deep import inner", "inner.columns", "int 7"),
        ("from app import name", "name", "str 'app'"),
        ("from bare.module import depth", "depth", "int 9"),
    ],
)
def test_imports_bind_what_they_name(folder: Path, imports: str, expression: str, text: str) -> None:
    assert result(folder, imports, expression).text == text


@pytest.mark.parametrize(
    ("imports", "expression", "why"),
    [
        ("import missing", "missing.x", "missing"),
        ("import missing as m", "m", "missing"),
        ("from missing import x", "x", "missing"),
        ("from helper import nothing", "nothing", "helper.nothing"),
        ("from helper import *", "_hidden", "_hidden"),
        ("from .helper.deeper import x", "x", ".helper.deeper"),
        ("from tensorflow import nothing", "nothing", "tensorflow.nothing"),
        ("import tensorflow.python.ops as ops", "ops.nothing", "tensorflow.python.ops.nothing"),
        ("pass", "undefined", "undefined"),
    ],
)
def test_names_that_are_not_resolved_say_so(folder: Path, imports: str, expression: str, why: str) -> None:
    fact = result(folder, imports, expression)
    assert fact.kind == "unknown"
    assert fact.reason is not None
    assert why in fact.reason


def test_an_open_helper_is_read_as_it_stands_in_the_editor(folder: Path) -> None:
    overlays = {str(folder / "helper.py"): "size = 33\n"}
    assert result(folder, "import helper", "helper.size", overlays).text == "int 33"


def test_modules_that_import_each_other_come_to_an_end(folder: Path) -> None:
    (folder / "one.py").write_text("a = 1\nimport two\nb = two.c\n")
    (folder / "two.py").write_text("import one\nc = one.a + 1\n")
    assert result(folder, "import one", "one.b").text == "int 2"


def test_a_module_is_interpreted_once(folder: Path) -> None:
    (folder / "one.py").write_text("import helper\nhelper.size = 40\n")
    assert result(folder, "import helper\nimport one\nimport helper as again", "again.size").text == "int 40"


@pytest.mark.parametrize(
    ("statement", "text"), [("helper.size = 40", "int 40"), ("helper.size += 1", "int 4"), ("helper.new = 1", "int 3")]
)
def test_what_a_program_sets_in_a_module_holds(folder: Path, statement: str, text: str) -> None:
    assert result(folder, f"import helper\n{statement}", "helper.size").text == text


def test_the_report_names_the_files_it_depends_on_and_has_facts_of_its_own_alone(folder: Path) -> None:
    report = report_on(folder, "from app.deep import inner\n")
    names = [Path(name).relative_to(folder).as_posix() for name in report.dependencies]
    assert names == ["app/deep/__init__.py", "app/deep/inner.py"]
    assert {fact.span.start.line for fact in report.facts} <= {0}
