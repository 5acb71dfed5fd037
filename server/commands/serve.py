"""`server`: speak the Language Server Protocol over standard input and output, or over TCP."""

from __future__ import annotations

import argparse
import logging
import sys


def run(arguments: argparse.Namespace, analysis: str | None = None) -> int:
    """Serve until the client has gone."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    from ..app import create_server

    server = create_server(analysis)
    if arguments.tcp is not None:
        host, port = arguments.tcp
        server.start_tcp(host, port)
        return 0
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    # What anybody prints must not get between the messages.
    sys.stdout = sys.stderr
    server.start_io(requests, replies)
    return 0


def address(text: str) -> tuple[str, int]:
    """Read `[HOST:]PORT`; this machine alone unless a host is named."""
    host, _, port = text.rpartition(":")
    try:
        number = int(port)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not [HOST:]PORT") from None
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port")
    return host.strip("[]") or "127.0.0.1", number
