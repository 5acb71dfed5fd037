"""workspace/executeCommand: what the user may tell the server to do."""

from __future__ import annotations

from ..app import ShapewrightServer

RESTART = "shapewright.restartEngine"


def register(server: ShapewrightServer) -> None:
    """Connect the commands."""
    server.command(RESTART)(restart_engine)


def restart_engine(ls: ShapewrightServer, *arguments: object) -> None:
    """Replace the engine, and analyse all open documents again."""
    ls.engine.restart()
    ls.scheduler.everything()
