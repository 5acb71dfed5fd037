"""The wheel holds what the repository holds, and runs from a fresh environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import tomllib

from server import __version__

ROOT = Path(__file__).parents[2]


def test_packages_are_those_on_the_disk() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    found = {path.parent.relative_to(ROOT / "server") for path in (ROOT / "server").rglob("__init__.py")}
    assert set(listed) == {".".join(["shapewright", *folder.parts]) for folder in found}


def test_imports_inside_the_package_are_relative() -> None:
    absolute = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "server").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("from server", "import server", "from shapewright", "import shapewright"))
    ]
    assert absolute == []


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; returns its folder of programs."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("server", "docs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [sys.executable, *pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, source], check=True
    )
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", *pip, "install", wheel], check=True)
    return programs


def run(installed: Path, *args: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [installed / "shapewright", *args]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=folder, timeout=120)


def test_the_wheel_knows_its_version(installed: Path, tmp_path: Path) -> None:
    assert __version__ in run(installed, "--version", folder=tmp_path).stdout


def test_the_wheel_has_the_pages_of_the_rules(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "rule", "matmul-mismatch", folder=tmp_path)
    assert done.returncode == 0
    assert "# matmul-mismatch" in done.stdout


def test_without_tensorflow_one_clear_message(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import tensorflow as tf\n")
    done = run(installed, "check", "program.py", folder=tmp_path)
    assert done.returncode == 2
    assert "TensorFlow is not installed" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_wheel_checks_with_the_tensorflow_of_another_interpreter(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import tensorflow as tf\nb = tf.ones([2, 3])\nc = tf.matmul(b, b)\n")
    done = run(installed, "check", "--interpreter", sys.executable, "program.py", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "matmul-mismatch" in done.stdout
    assert run(installed, "doctor", "--interpreter", sys.executable, folder=tmp_path).returncode == 0
