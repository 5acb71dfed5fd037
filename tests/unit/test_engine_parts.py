"""The parts of the engine's border that need no second process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.engine import protocol
from server.engine.environment import clean_environment, find_interpreter
from server.engine.journal import Call, JournalReader, JournalWriter
from server.engine.loading import OwnLibraries
from server.engine.problems import EngineUnavailableError
from server.engine.watchdog import Watchdog


def test_messages_survive_the_wire():
    message = {"type": "x", "text": "é😀\ud800\0", "n": [1, None]}
    data = protocol.pack(message)
    header, body = data[: protocol.HEADER.size], data[protocol.HEADER.size :]
    assert protocol.body_length(header) == len(body)
    assert protocol.unpack(body) == message


@pytest.mark.parametrize("body", [b"[]", b"{}", b"junk", b"\xff\xff", b'{"type": 1}'])
def test_what_is_no_message_is_refused(body):
    with pytest.raises(protocol.ProtocolError):
        protocol.unpack(body)


def test_an_impossible_length_is_refused():
    with pytest.raises(protocol.ProtocolError):
        protocol.body_length(b"junk")


@pytest.fixture
def journal(tmp_path):
    reader = JournalReader(tmp_path / "journal")
    yield reader, JournalWriter(str(tmp_path / "journal"), ["bad", "sha256:" + "0" * 64])
    reader.close()
    assert not reader.path.exists()


def test_the_journal_shows_the_calls_being_made(journal):
    reader, writer = journal
    assert reader.calls() == ()
    writer.begin("a", "tf.a()")
    writer.begin("b", "tf.b(é)")
    assert reader.calls() == (Call(1, "a", "tf.a()"), Call(2, "b", "tf.b(é)"))
    writer.end()
    assert reader.calls() == (Call(1, "a", "tf.a()"),)
    writer.clear()
    assert reader.calls() == ()
    writer.end()


def test_the_journal_knows_poisoned_calls(journal):
    _, writer = journal
    assert writer.poisoned("bad")
    assert not writer.poisoned("good")


def test_what_is_like_a_poisoned_call_is_left_out_while_repairs_are_tried(tmp_path, monkeypatch):
    from server.analysis.libraries import journal as hook

    reader = JournalReader(tmp_path / "journal")
    monkeypatch.setattr(hook, "_current", JournalWriter(str(tmp_path / "journal"), ["bad"], ["symbol tensorflow.f"]))
    assert hook.left_out("bad", "symbol tensorflow.f")
    assert not hook.left_out("other", "symbol tensorflow.f")
    with hook.trying():
        assert hook.left_out("other", "symbol tensorflow.f")
        assert not hook.left_out("other", "symbol tensorflow.g")
    assert not hook.left_out("other", "symbol tensorflow.f")
    reader.close()


def test_a_long_key_is_poisoned_by_its_digest(journal, tmp_path):
    reader, writer = journal
    key = "k" * 1_000_000
    writer.begin(key, "long" * 1000)
    (call,) = reader.calls()
    assert JournalWriter(str(tmp_path / "journal"), [call.key]).poisoned(key)


def test_a_deep_recursion_keeps_the_innermost_calls(journal):
    reader, writer = journal
    for number in range(3000):
        writer.begin(f"key{number}", "x" * 200)
    assert reader.calls()[-1].key == "key2999"


@pytest.mark.skipif("os.name == 'nt'")
def test_the_journal_is_for_its_owner_alone(journal):
    assert journal[0].path.stat().st_mode & 0o077 == 0


A, B, C = Call(1, "a", "a()"), Call(2, "b", "b()"), Call(3, "c", "c()")


def test_a_call_that_lasts_is_to_blame():
    dog = Watchdog(call_timeout=1.0, analysis_timeout=100)
    assert dog.tick(0.5, [A]) is None
    assert dog.tick(0.5, [A]) is None
    assert dog.tick(0.5, [A]) is None
    assert dog.tick(0.1, [A]).call == A


def test_many_short_calls_are_not():
    dog = Watchdog(call_timeout=1.0, analysis_timeout=100)
    assert all(dog.tick(0.9, [Call(number, "k", "k()")]) is None for number in range(50))


def test_an_outer_call_that_never_ends_is_to_blame_although_inner_ones_do():
    dog = Watchdog(call_timeout=1.0, analysis_timeout=100)
    verdicts = [dog.tick(0.5, [A, Call(number, "k", "k()")]) for number in range(2, 6)]
    assert verdicts[:3] == [None] * 3
    assert verdicts[3].call == A


def test_of_two_that_last_the_inner_one_is_to_blame():
    dog = Watchdog(call_timeout=1.0, analysis_timeout=100)
    for _ in range(3):
        assert dog.tick(0.5, [A, B]) is None
    assert dog.tick(0.5, [A, B]).call == B


def test_an_analysis_without_end_is_nobodys_fault_or_that_of_a_slow_call():
    dog = Watchdog(call_timeout=100, analysis_timeout=1.0)
    assert dog.tick(0.9, [A]) is None
    assert dog.tick(0.2, [B]).call is None
    dog = Watchdog(call_timeout=100, analysis_timeout=1.0)
    assert dog.tick(0.5, [C]) is None
    assert dog.tick(0.6, [C]).call == C


def test_a_half_written_journal_is_passed_over():
    dog = Watchdog(call_timeout=1.0, analysis_timeout=100)
    assert dog.tick(0.5, [A]) is None
    assert dog.tick(0.9, None) is None
    assert dog.tick(0.9, [A]) is None
    assert dog.tick(0.9, [A]).call == A


def test_the_environment_is_an_allow_list():
    environment = clean_environment(
        {
            "HOME": "/h",
            "LC_ALL": "C",
            "PYTHONPATH": "/evil",
            "LD_PRELOAD": "/evil.so",
            "SECRET": "x",
            "KERAS_BACKEND": "jax",
        }
    )
    assert environment.keys() >= {"HOME", "LC_ALL", "TF_CPP_MIN_LOG_LEVEL", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS"}
    assert environment.keys().isdisjoint({"PYTHONPATH", "LD_PRELOAD", "SECRET"})
    assert environment["KERAS_BACKEND"] == "tensorflow"


def test_the_default_interpreter_is_the_servers():
    assert find_interpreter("") == sys.executable
    assert find_interpreter(sys.executable) == sys.executable


@pytest.mark.skipif("os.name == 'nt'")
def test_a_symbolic_link_to_an_interpreter_stays_one(tmp_path):
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert find_interpreter(str(link)) == str(link)


@pytest.mark.parametrize("wanted", ["/nowhere/python", "no-such-python-anywhere", "./python", "/"])
def test_an_interpreter_that_is_not_there_is_named(wanted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EngineUnavailableError, match="does not exist"):
        find_interpreter(wanted)


@pytest.mark.skipif("os.name == 'nt'")
def test_a_bare_name_is_not_looked_for_in_the_current_folder(tmp_path, monkeypatch):
    program = tmp_path / "python-of-mine"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(EngineUnavailableError):
        find_interpreter("python-of-mine")


def test_our_own_libraries_are_found_and_nothing_beside_them(tmp_path):
    for name in ("jedi", "parso", "numpy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    finder = OwnLibraries(str(tmp_path))
    assert finder.find_spec("jedi").origin == str(tmp_path / "jedi" / "__init__.py")
    assert finder.find_spec("parso") is not None
    assert finder.find_spec("numpy") is None


def test_the_server_process_stays_light():
    script = (
        "import sys; from server.app import create_server; import server.convert; create_server();"
        "print([name for name in ('tensorflow', 'numpy', 'jedi', 'parso') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert out.stdout.strip() == "[]"
