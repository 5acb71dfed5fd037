"""Frame the messages between the server and its engine process: four bytes of length, then JSON in UTF-8.

Messages are dicts with a `type`. From the server: `start`, `analyse`, `cancel`. From the engine: `hello` (the process
runs), `ready` (TensorFlow is imported), `problem` (it cannot be), `partial` and `report` (an analysis), `cancelled`.
This module is also read by interpreters that are too old for the rest, which have to say so in a message: its syntax
is that of Python 3.5.
"""

import json
import struct

# A report of a very large file is some tens of megabytes; anything longer is a broken stream.
MAX_LENGTH = 512 * 1024 * 1024
HEADER = struct.Struct("!I")

# The oldest Python whose syntax and library the engine is written for.
OLDEST_PYTHON = (3, 10)


class ProtocolError(Exception):
    """The other side sent what is no message."""


def pack(message: dict) -> bytes:  # type: ignore[type-arg]
    """Turn a message into the bytes to send."""
    # Lone surrogates (a source text may hold them) pass as \u escapes: ASCII output keeps them.
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    return HEADER.pack(len(body)) + body


def body_length(header: bytes) -> int:
    """Read how many bytes follow a header.

    Raises:
        ProtocolError: the length is impossible.
    """
    (length,) = HEADER.unpack(header)
    if not 2 <= length <= MAX_LENGTH:
        raise ProtocolError("a message of {} bytes".format(length))  # noqa: UP032
    return int(length)


def unpack(body: bytes) -> dict:  # type: ignore[type-arg]
    """Read the message in a body.

    Raises:
        ProtocolError: the body is no JSON object with a type.
    """
    try:
        message = json.loads(body.decode("utf-8"))
    except ValueError as error:
        raise ProtocolError("not JSON: {}".format(error)) from error  # noqa: UP032
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProtocolError("not a message")
    return message
