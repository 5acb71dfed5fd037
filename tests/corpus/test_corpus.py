"""Whole training scripts: each one runs under real TensorFlow, and so the analysis must report no error on it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.analysis import analyse_files

HERE = Path(__file__).parent
SCRIPTS = sorted((HERE / "scripts").glob("*.py"))


def _parameters() -> list:
    """Name each script; one that begins with `# needs: keras 3` is skipped with older versions."""
    parameters = []
    old = int(metadata.version("keras").split(".")[0]) < 3
    for path in SCRIPTS:
        skip = old and path.read_text(encoding="utf-8").startswith("# needs: keras 3")
        marks = [pytest.mark.skip(reason="needs Keras 3")] if skip else []
        parameters.append(pytest.param(path, id=path.stem, marks=marks))
    return parameters


@cache
def _outcomes() -> dict[str, str]:
    """Run all scripts of this version, and return what each one ended with: nothing, or the end of what it wrote."""
    paths = [str(parameter.values[0]) for parameter in _parameters() if not parameter.marks]
    command = [sys.executable, str(HERE / "runner.py"), *paths]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["path"]: answer["error"] for answer in answers}


@pytest.mark.parametrize("path", _parameters())
def test_runs(path: Path) -> None:
    error = _outcomes()[str(path)]
    if error:
        pytest.fail(error, pytrace=False)


@pytest.mark.parametrize("path", _parameters())
def test_no_error_is_reported(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    report = analyse_files({path.name: text}, tmp_path, path.name)
    lines = text.splitlines()
    found = []
    for diagnostic in report.diagnostics:
        line = diagnostic.span.start.line
        expected = re.search(r"# expected: ([\w, -]+)", lines[line])
        if diagnostic.severity not in ("error", "warning") or (expected and diagnostic.code in expected[1].split(", ")):
            continue
        found.append(f"{path.name}:{line + 1}: {diagnostic.severity} {diagnostic.code}: {diagnostic.message}")
    if found:
        pytest.fail("\n".join(found), pytrace=False)
