"""The engine with a fake analysis (tests/support/fake_analysis.py): each line of a document is an order."""

from __future__ import annotations

import ast
import asyncio
import os
import signal
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from server.engine.client import (
    AnalysisRequest,
    EngineClient,
    EngineEvents,
    EngineOptions,
    EngineUnavailableError,
)

FAKE = str(Path(__file__).resolve().parents[1] / "support" / "fake_analysis.py") + ":analyse"
posix = pytest.mark.skipif(os.name == "nt", reason="signals")


class Told(EngineEvents):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.log: list[str] = []
        super().__init__(
            starting=lambda: self.log.append("starting"),
            ready=lambda versions: self.log.append("ready"),
            stopped=lambda: self.log.append("stopped"),
            unavailable=self.log.append,
            restarted=self.log.append,
        )


@pytest.fixture
async def make():
    clients = []

    def make(**options) -> EngineClient:
        options = {"analysis": FAKE, "call_timeout": 1.0, "analysis_timeout": 30.0, **options}
        client = EngineClient(EngineOptions(**options), Told())
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


def told(client: EngineClient) -> list[str]:
    return client._events.log


def ask(text: str, path: str = "/a.py", version: int = 1) -> AnalysisRequest:
    return AnalysisRequest(path, text, version)


def said(report, line: int = 0) -> str | None:
    return report.facts[line].constant


async def until(true) -> None:
    while not true():
        await asyncio.sleep(0.01)


async def test_a_report_comes_back(make):
    client = make()
    report = await client.analyse(ask("one\ntwo"))
    assert (report.path, report.version, report.status, len(report.facts)) == ("/a.py", 1, "complete", 2)
    assert told(client) == ["starting", "ready"]


async def test_an_early_report_comes_first(make):
    early = []
    report = await make().analyse(ask("find bad good"), early.append)
    assert [one.fixes_ready for one in early] == [False]
    assert report.fixes_ready
    assert report.diagnostics == early[0].diagnostics


async def test_what_is_printed_does_not_disturb(make):
    client = make()
    report = await client.analyse(ask("shout hello\nshout again"))
    assert report.status == "complete"
    assert (await client.analyse(ask("pid"))).status == "complete"
    assert told(client) == ["starting", "ready"]


async def test_surroundings_are_clean(make, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/evil")
    monkeypatch.setenv("LD_PRELOAD_OF_MINE", "x")
    report = await make().analyse(ask("environment\nfolder"))
    environment = ast.literal_eval(said(report))
    assert not {name for name in environment if name.startswith(("PYTHON", "LD_PRE"))}
    assert environment["CUDA_VISIBLE_DEVICES"] == "-1"
    folder, files, path, modules = ast.literal_eval(said(report, 1))
    assert files == []
    assert folder != os.getcwd()
    root = str(Path(__file__).resolve().parents[2])
    assert root not in path
    assert not {name for name in modules if name.split(".")[0] in ("server", "shapewright", "pygls", "lsprotocol")}


async def test_nothing_is_left_behind(make, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client = make()
    pid = int(said(await client.analyse(ask("pid"))))
    assert list(tmp_path.iterdir()) != []
    await client.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("order", ["hang", "die 3", pytest.param("abort", marks=posix), "die 0"])
async def test_a_call_that_hangs_or_kills_is_left_out_and_the_rest_analysed(make, order):
    client = make()
    report = await client.analyse(ask(f"one\ncall K {order}\ncall L pid\nfind bad good"))
    assert report.status == "complete"
    assert said(report, 1) == "poisoned"
    assert said(report, 2) not in (None, "poisoned")
    assert len(report.diagnostics) == 1
    assert client.poisoned == {"K": "K()"}
    assert sum("restarted" in text and "K()" in text for text in told(client)) == 1
    # And it stays left out, in other documents too.
    assert said(await client.analyse(ask("call K pid", "/b.py"))) == "poisoned"


async def test_of_nested_calls_the_inner_one_is_left_out(make):
    client = make()
    report = await client.analyse(ask("call outer call inner hang"))
    assert report.status == "complete"
    assert set(client.poisoned) == {"inner"}


async def test_several_calls_that_kill_are_left_out_one_by_one(make):
    report = await make().analyse(ask("call A die\ncall B die\ncall C die\ncall D pid"))
    assert [said(report, line) for line in range(3)] == ["poisoned"] * 3


async def test_what_dies_without_a_call_twice_is_a_failed_report(make):
    client = make()
    report = await client.analyse(ask("die 4"))
    assert report.status == "failed"
    assert "exit status 4" in report.problem
    assert sum("restarted" in text for text in told(client)) == 2
    assert (await client.analyse(ask("one", version=2))).status == "complete"


async def test_an_analysis_without_end_is_a_failed_report(make):
    client = make(analysis_timeout=0.5)
    report = await client.analyse(ask("hang"))
    assert report.status == "failed"
    assert "longer than 0.5 s" in report.problem
    assert client.poisoned == {}


@pytest.mark.parametrize("order", ["raise unlucky", "exit 3"])
async def test_an_exception_fails_its_document_alone(make, order):
    client = make()
    report = await client.analyse(ask(order))
    assert report.status == "failed"
    assert "the analysis failed" in report.problem
    assert (await client.analyse(ask("one"))).status == "complete"
    assert told(client) == ["starting", "ready"]


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
async def test_it_can_be_killed_while_it_works(make, tmp_path, number):
    client, flag = make(), tmp_path / "go on"
    started = tmp_path / "started"
    task = asyncio.create_task(client.analyse(ask(f"touch {started}\nwait {flag}\ncall K pid")))
    await until(started.exists)
    started.unlink()
    os.kill(client.engine_pid, number)
    await until(started.exists)
    flag.touch()
    report = await task
    assert report.status == "complete"
    assert said(report, 2) not in (None, "poisoned")


@posix
async def test_a_kill_from_outside_does_not_blame_the_call_until_it_happens_again(make, tmp_path):
    client, started = make(call_timeout=20.0), tmp_path / "started"
    task = asyncio.create_task(client.analyse(ask(f"touch {started}\ncall K wait")))
    for _ in range(2):
        await until(lambda: started.exists() and client.engine_pid)
        started.unlink()
        process = client._process
        await until(lambda process=process: process.calls())
        os.kill(process.pid, signal.SIGKILL)
    assert said(await task, 1) == "poisoned"


@posix
async def test_it_can_be_killed_while_it_has_nothing_to_do(make):
    client = make()
    first = said(await client.analyse(ask("pid")))
    os.kill(int(first), signal.SIGKILL)
    await until(lambda: client.engine_pid not in (None, int(first)))
    assert said(await client.analyse(ask("pid"))) != first


async def test_a_newer_version_cancels_an_older_one(make, tmp_path):
    client, started = make(), tmp_path / "started"
    older = asyncio.create_task(client.analyse(ask(f"touch {started}\nwait")))
    await until(started.exists)
    newer = await client.analyse(ask("pid", version=2))
    assert newer.version == 2
    assert await older is None
    assert told(client) == ["starting", "ready"]


async def test_the_document_asked_for_last_goes_first(make, tmp_path):
    client, started, flag = make(), tmp_path / "started", tmp_path / "go on"
    order = []

    async def analyse(path: str, text: str) -> None:
        await client.analyse(ask(text, path))
        order.append(path)

    tasks = [asyncio.create_task(analyse("/first.py", f"touch {started}\nwait {flag}"))]
    await until(started.exists)
    tasks += [asyncio.create_task(analyse(f"/{name}.py", "one")) for name in "abc"]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(analyse("/a.py", "edited")))
    await asyncio.sleep(0)
    flag.touch()
    await asyncio.gather(*tasks)
    # The older analysis of a.py is given up at once.
    assert order == ["/a.py", "/first.py", "/a.py", "/c.py", "/b.py"]


async def test_a_cancelled_wait_cancels_the_analysis(make, tmp_path):
    client, started = make(), tmp_path / "started"
    task = asyncio.create_task(client.analyse(ask(f"touch {started}\nwait")))
    await until(started.exists)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await client.analyse(ask("one", "/b.py"))).status == "complete"
    assert told(client) == ["starting", "ready"]


async def test_a_restart_forgets_what_was_poisoned(make):
    client = make()
    await client.analyse(ask("call K die"))
    client.restart()
    assert said(await client.analyse(ask("call K pid"))) not in (None, "poisoned")


async def test_a_restart_in_the_middle_does_the_work_again(make, tmp_path):
    client, started, flag = make(), tmp_path / "started", tmp_path / "go on"
    task = asyncio.create_task(client.analyse(ask(f"touch {started}\nwait {flag}")))
    await until(started.exists)
    client.restart()
    flag.touch()
    assert (await task).status == "complete"
    assert "restarted" not in " ".join(told(client))


async def test_large_documents_pass(make):
    text = "\n".join(["é😀" * 50] * 5000)
    assert len((await make().analyse(ask(text))).facts) == 5000


@posix
async def test_memory_is_limited(make):
    client = make(memory_limit=512 << 20)
    report = await client.analyse(ask(f"memory {4 << 30}"))
    assert report.status == "failed"
    assert "MemoryError" in report.problem
    assert (await client.analyse(ask("memory 1000"))).status == "complete"


async def test_versions(make):
    versions = await make().versions()
    assert versions["executable"] == sys.executable


# -- interpreters that cannot be an engine ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory) -> str:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


async def refused(client: EngineClient) -> str:
    report = await client.analyse(ask("one"))
    assert report.status == "failed"
    with pytest.raises(EngineUnavailableError, match=r"."):
        await client.versions()
    # It is not tried again and again, and said once.
    assert (await client.analyse(ask("two", version=2))).problem == report.problem
    assert [text for text in told(client) if len(text) > 10] == [report.problem]
    assert told(client).count("starting") == 1
    return report.problem


async def test_without_tensorflow(make, bare_python):
    problem = await refused(make(analysis=None, interpreter=bare_python))
    assert problem.startswith(f"TensorFlow is not installed in {bare_python}: ")


async def test_with_a_broken_tensorflow(make, bare_python):
    query = [bare_python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    folder = Path(subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip(), "tensorflow")
    folder.mkdir()
    try:
        (folder / "__init__.py").write_text("print('hello')\nraise ImportError('many words\\nlibfoo.so is missing')")
        problem = await refused(make(analysis=None, interpreter=bare_python))
    finally:
        (folder / "__init__.py").unlink()
        for left in folder.rglob("*.pyc"):
            left.unlink()
        for left in (folder / "__pycache__", folder):
            if left.exists():
                left.rmdir()
    assert problem.startswith(f"TensorFlow in {bare_python} cannot be imported (ImportError: libfoo.so is missing): ")


async def test_jedi_comes_from_the_server_where_the_interpreter_has_none(make, bare_python):
    report = await make(interpreter=bare_python).analyse(ask("import jedi\nimport parso\nfolder"))
    import jedi

    assert said(report) == jedi.__file__
    assert "site-packages" not in str([entry for entry in ast.literal_eval(said(report, 2))[2] if "bare" not in entry])


async def test_an_interpreter_that_is_not_there(make):
    assert (await refused(make(interpreter="/nowhere/python"))).startswith(
        "The Python interpreter /nowhere/python does"
    )


@posix
@pytest.mark.parametrize(
    "script",
    [
        "echo 'Unknown option: -I' >&2; exit 2",
        "printf 'garbage that is no message'; sleep 1",
        "exec cat /dev/zero",
        "exit 0",
    ],
)
async def test_a_program_that_is_no_python(make, tmp_path, script):
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    assert f"{program} does not answer as a Python interpreter" in await refused(make(interpreter=str(program)))


@posix
async def test_a_program_that_says_nothing(make, tmp_path):
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 100\n")
    program.chmod(0o755)
    problem = await refused(make(interpreter=str(program), hello_timeout=0.2))
    assert "no answer in time" in problem


@posix
async def test_a_file_that_cannot_be_run(make, tmp_path):
    program = tmp_path / "python"
    program.write_text("x")
    assert "does not answer" in await refused(make(interpreter=str(program)))


@posix
async def test_a_python_that_is_too_old(make, tmp_path):
    program = tmp_path / "python"
    # A Python that says that it is 3.8, which is all that is looked at.
    program.write_text(
        f"#!{sys.executable}\nimport os, runpy, sys\nsys.version_info = (3, 8, 1)\n"
        "sys.argv = sys.argv[2:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    program.chmod(0o755)
    problem = await refused(make(interpreter=str(program)))
    assert problem.startswith(f"{program} is Python 3.8.1, and Shapewright needs 3.10 or newer")


async def test_another_interpreter_mends_it(make, bare_python):
    client = make(interpreter="/nowhere/python")
    assert (await client.analyse(ask("one"))).status == "failed"
    client.configure(EngineOptions(analysis=FAKE, interpreter=bare_python))
    assert (await client.analyse(ask("one"))).status == "complete"
