"""The command line with a fake analysis."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server import __version__, pages
from server.analysis.report import Position, Span
from server.cli import main
from server.commands.files import collect
from server.commands.serve import address
from server.commands.terminal import Style, frame, style_for, visible, width
from server.documents import Text

FAKE = str(Path(__file__).resolve().parents[1] / "support" / "fake_analysis.py") + ":analyse"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments, analysis=FAKE)
        return status, *capsys.readouterr()

    return run


def write(path: str, content: str | bytes) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_check_finds_nothing(run):
    write("a.py", "one\n")
    assert run("check", "a.py") == (0, "No findings in 1 file.\n", "")


def test_check_draws_source_frames(run):
    write("a.py", "one\n\tfind ok\nfind bad good")
    status, out, err = run("check", ".")
    assert (status, err) == (1, "")
    assert out == (
        "a.py:3:1: error[bad]: bad is wrong\n"
        "    |\n"
        "  3 | find bad good\n"
        "    | ^^^^^^^^^^^^^\n"
        "  note: it began here (a.py:1:1)\n"
        "    |\n"
        "  1 | one\n"
        "    | -\n"
        "  says: long words\n"
        "  help: Replace by good\n"
        "\n"
        "1 error in 1 file.\n"
    )


def test_check_json(run):
    write("d/a.py", "😀 = 1\r\nfind bad good")
    status, out, _ = run("check", "d", "--output-format", "json")
    assert status == 1
    line = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 13}}
    assert json.loads(out) == {
        "schema": 1,
        "diagnostics": [
            {
                "path": "d/a.py",
                "range": line,
                "code": "bad",
                "severity": "error",
                "message": "bad is wrong",
                "related": [
                    {
                        "path": "d/a.py",
                        # One character of one code point and two units.
                        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}},
                        "message": "it began here",
                    }
                ],
                "fixes": [
                    {
                        "title": "Replace by good",
                        "preferred": True,
                        "edits": [{"path": "d/a.py", "range": line, "newText": "good"}],
                    }
                ],
            }
        ],
        "files": [{"path": "d/a.py", "status": "complete"}],
    }


def test_infer_json(run):
    write("a.py", "😀😀")
    status, out, _ = run("infer", "a.py", "--format", "json")
    assert status == 0
    assert json.loads(out) == {
        "schema": 1,
        "files": [
            {
                "path": "a.py",
                "status": "complete",
                "facts": [
                    {
                        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 4}},
                        "kind": "Tensor",
                        "dtype": "float32",
                        "shape": [2, 3],
                        "spec": None,
                        "reason": None,
                        "values": None,
                    }
                ],
            }
        ],
    }


def test_infer_text(run):
    write("a.py", "one\npid 1")
    status, out, _ = run("infer", "a.py")
    assert status == 0
    assert re.sub(r"= \d+", "= N", out) == (
        "a.py: 2 expressions\n  1 | one\n    |     one: f32[2, 3]\n  2 | pid 1\n    |     pid 1: f32[2, 3] = N\n\n"
    )


def test_infer_gaps(run):
    write("a.py", "one\n")
    status, out, _ = run("infer", "a.py", "--gaps")
    assert (status, out) == (0, "a.py: no gaps\n\n")
    status, out, _ = run("infer", "a.py", "--gaps", "--format", "json")
    assert json.loads(out) == {"schema": 1, "files": [{"path": "a.py", "status": "complete", "gaps": []}]}


@pytest.mark.parametrize("command", [["check", "--output-format", "json"], ["infer", "--format", "json"]])
def test_what_cannot_be_analysed_does_not_stop_the_others(run, command):
    write("bad.py", b"x = 1\n\n'\xff'\n")
    write("boom.py", "raise unlucky")
    write("cookie.py", "# coding: latin-1\n'\xe9'\n".encode("latin-1"))
    write("huge.py", b"#" * 2_000_001)
    name, *options = command
    status, out, err = run(name, "missing.py", ".", *options)
    assert status == 2
    files = {file["path"]: file for file in json.loads(out)["files"]}
    assert {path: file["status"] for path, file in files.items()} == {
        "bad.py": "failed",
        "boom.py": "failed",
        "cookie.py": "complete",
        "huge.py": "failed",
        "missing.py": "failed",
    }
    assert files["bad.py"]["problem"] == "cannot be decoded: not utf-8: byte 0xff in line 3"
    assert "missing.py: no such file or folder" in err
    assert "2000001 bytes are too many" in err
    assert "Traceback" not in err


def test_many_files_share_one_engine(run):
    for name in "abc":
        write(f"{name}.py", "pid")
    _, out, _ = run("infer", "a.py", "b.py", "c.py")
    assert len(set(re.findall(r"= (\d+)", out))) == 1


def test_without_tensorflow_there_is_one_clear_message(run, monkeypatch):
    write("a.py", "x")
    write("b.py", "x")
    status, out, err = run("check", ".", "--interpreter", "/nowhere/python")
    assert status == 2
    assert err.count("The Python interpreter /nowhere/python does not exist") == 1
    assert "2 could not be analysed" in out


def test_a_restart_is_told(run):
    write("a.py", "call K die")
    status, _, err = run("check", "a.py")
    assert status == 0
    assert err.count("The analysis engine was restarted") == 1


def test_folders_are_searched_but_not_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = ["p/a.py", "p/sub/b.py"]
    for path in [
        *kept,
        "p/c.txt",
        "p/.git/x.py",
        "p/node_modules/x.py",
        "p/.venv/x.py",
        "p/env/x.py",
        "p/__pycache__/x.py",
    ]:
        write(path, "")
    write("p/env/pyvenv.cfg", "")
    assert collect(["p"]) == (kept, [])
    assert collect(["p/c.txt", "p/a.py", "p"]) == (["p/c.txt", "p/a.py", "p/sub/b.py"], [])
    found, (missing,) = collect(["nowhere"])
    assert (found, missing.path, missing.report.problem) == ([], "nowhere", "no such file or folder")


def test_doctor_is_content(run):
    status, out, _ = run("doctor")
    assert status == 0 or "could not be analysed" in out
    assert f"Shapewright {__version__}" in out
    assert sys.executable in out


def test_doctor_says_what_is_wrong(run):
    status, out, _ = run("doctor", "--interpreter", "/nowhere/python")
    assert status == 2
    assert "Problem: The Python interpreter /nowhere/python does not exist; choose another one" in out


def test_rules_are_listed_and_explained(run, monkeypatch, tmp_path):
    write("rules/matmul-mismatch.md", "# matmul-mismatch\n\nThe inner sizes differ. More.\n")
    monkeypatch.setattr(pages, "folders", lambda: [tmp_path / "nothing", tmp_path / "rules"])
    status, out, _ = run("rule")
    assert (status, out.split()) == (0, ["matmul-mismatch", "The", "inner", "sizes", "differ."])
    assert run("rule", "matmul-mismatch")[1].startswith("# matmul-mismatch\n\nThe inner")
    status, _, err = run("rule", "matmul-mismach")
    assert status == 2
    assert "did you mean matmul-mismatch?" in err
    assert run("rule", "../cli")[0] == 2


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"shapewright {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["server", "--tcp", "x"], ["check", "a", "--concrete-elements", "-1"]]
)
def test_wrong_usage(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: shapewright" in capsys.readouterr().err


def test_tcp_addresses():
    assert address("2087") == ("127.0.0.1", 2087)
    assert address("0.0.0.0:1") == ("0.0.0.0", 1)
    assert address("[::1]:1") == ("::1", 1)


def test_frames_keep_their_columns():
    text = Text("\t数 = '\x1b[31m' + x\n")
    where = Span(Position(0, 1), Position(0, 2))
    assert frame(text, where, Style(False), "error") == ["    |", "  1 |     数 = '␛[31m' + x", "    |     ^^"]
    long = Text("a" * 500)
    _, shown, marks = frame(long, Span(Position(0, 400), Position(0, 402)), Style(False), "error")
    assert len(shown) < 160
    assert marks.rstrip().endswith("^^")
    lines = Text("f(\n  1)")
    assert frame(lines, Span(Position(0, 0), Position(1, 4)), Style(False), "error")[-1] == "    | ^^…"
    end = Text("ab\n")
    assert frame(end, Span(Position(1, 0), Position(1, 0)), Style(False), "error")[-1] == "    | ^"


def test_nothing_controls_the_terminal():
    assert visible("a\x1b[2J\x07\x9b\u202e") == "a␛[2J␇��"
    assert width("a数e\u0301") == 4


def test_colours_only_where_they_are_wanted():
    class Terminal:
        def isatty(self) -> bool:
            return True

    assert style_for(sys.stdin, {})("error", "x") == "x" or sys.stdin.isatty()
    if sys.platform != "win32":
        assert style_for(Terminal(), {})("error", "x") == "\x1b[31;1mx\x1b[0m"
    assert style_for(Terminal(), {"NO_COLOR": "1"})("error", "x") == "x"
    assert style_for(Terminal(), {"TERM": "dumb"})("error", "x") == "x"


def test_it_starts_by_path_from_a_hostile_folder(tmp_path):
    for name in ("server", "pygls", "cli", "logging", "shapewright"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')")
    command = [sys.executable, str(ROOT / "server" / "__main__.py"), "--version"]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert out.stdout == f"shapewright {__version__}\n"


def test_bundled_libraries_come_first_when_started_by_path(tmp_path):
    import shutil

    shutil.copytree(ROOT / "server", tmp_path / "ext" / "server", ignore=shutil.ignore_patterns("__pycache__"))
    libs = tmp_path / "ext" / "bundled" / "libs" / "pygls"
    libs.mkdir(parents=True)
    (libs / "__init__.py").write_text("raise SystemExit('bundled')")
    command = [sys.executable, str(tmp_path / "ext" / "server" / "__main__.py"), "server"]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert "bundled" in out.stderr


def test_it_starts_as_a_module():
    command = [sys.executable, "-m", "server", "--version"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout == f"shapewright {__version__}\n"
