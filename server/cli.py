"""The command line: `shapewright check|infer|server|rule|doctor`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from . import __version__


def main(argv: Sequence[str] | None = None, *, analysis: str | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        argv: the arguments; those of the process if not given.
        analysis: another analysis than the real one, for tests; see `EngineOptions`.
    """
    for stream in (sys.stdout, sys.stderr):
        # Messages hold multiplication signs and users' texts; a terminal that cannot show them must not end the program.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    parser = make_parser()
    arguments = parser.parse_args(argv)
    try:
        return _run(arguments, analysis)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read this has seen enough. What is left in the buffer must not fail again at exit.
        with contextlib.suppress(Exception):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:
        if os.environ.get("SHAPEWRIGHT_TRACEBACK"):
            raise
        print(f"shapewright: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        print("shapewright: set SHAPEWRIGHT_TRACEBACK=1 to see where", file=sys.stderr)
        return 2


def _run(arguments: argparse.Namespace, analysis: str | None) -> int:
    # Only what a command needs is imported: a server answers its first message the sooner.
    if arguments.command == "server":
        from .commands import serve

        return serve.run(arguments, analysis)
    if arguments.command == "rule":
        from .commands import rule

        return rule.run(arguments)
    import asyncio
    import importlib
    import logging

    # What the user has to know is printed by the commands; the log is for the server.
    logging.getLogger(__package__).addHandler(logging.NullHandler())
    from .commands.files import Options
    from .settings import Settings

    settings = Settings(
        interpreter=arguments.interpreter,
        concrete_elements=arguments.concrete_elements,
        gaps=getattr(arguments, "gaps", False),
    )
    command = importlib.import_module(f".commands.{arguments.command}", __package__)
    return int(asyncio.run(command.run(arguments, Options(settings, analysis))))


def make_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="shapewright",
        description="Says which TensorFlow and Keras lines will fail, and what shape every expression has.",
    )
    parser.add_argument("--version", action="version", version=f"shapewright {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = commands.add_parser(
        "check",
        help="report what will fail",
        epilog="Exit status: 0 nothing found, 1 errors or warnings, 2 a file could not be checked.",
    )
    check.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with .py files")
    check.add_argument("--output-format", choices=("text", "json"), default="text")
    _add_engine_options(check)

    infer = commands.add_parser("infer", help="say what is known of each expression")
    infer.add_argument("files", nargs="+", metavar="FILE")
    infer.add_argument("--format", choices=("text", "json"), default="text")
    infer.add_argument("--gaps", action="store_true", help="say only where tracking stopped, and why")
    _add_engine_options(infer)

    server = commands.add_parser("server", help="speak the Language Server Protocol")
    server.add_argument("--tcp", type=_address, metavar="[HOST:]PORT", help="listen there instead of using stdio")
    # Editors' client libraries add these.
    server.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    server.add_argument("--clientProcessId", help=argparse.SUPPRESS)

    rule = commands.add_parser("rule", help="explain a rule")
    rule.add_argument("name", nargs="?", metavar="NAME", help="without it the rules are listed")

    doctor = commands.add_parser("doctor", help="say with what this program works, and what is wrong")
    _add_engine_options(doctor)
    return parser


def _add_engine_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interpreter",
        default="",
        metavar="PYTHON",
        help="the Python whose TensorFlow is asked (default: the one that runs this program)",
    )
    parser.add_argument(
        "--concrete-elements",
        type=_natural,
        default=10_000,
        metavar="N",
        help="run calls for real whose results have at most N elements (default: %(default)s; 0: never)",
    )


def _natural(text: str) -> int:
    with contextlib.suppress(ValueError):
        if (number := int(text)) >= 0:
            return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")


def _address(text: str) -> Any:
    from .commands.serve import address

    return address(text)


if __name__ == "__main__":
    sys.exit(main())
