"""A minimal LSP client for benchmarks: starts a server over stdio and waits for its answers."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any


class Client:
    """One server process and what it has said."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self.number = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while True:
            length = 0
            while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            self.inbox.put(json.loads(self.process.stdout.read(length)))

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def request(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer."""
        self.number += 1
        number = self.number
        self.send({"id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message).get("result")

    def wait(self, wanted: Any) -> dict[str, Any]:
        """Wait for a message; requests of the server's are answered on the way."""
        while True:
            message = self.inbox.get(timeout=120)
            if "method" in message and "id" in message:
                items = (
                    message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else []
                )
                self.send({"id": message["id"], "result": [None] * len(items) or None})
            if wanted(message):
                return message

    def uri(self, name: str) -> str:
        """Return the address of a file in the workspace."""
        return (self.folder / name).resolve().as_uri()

    def initialize(self) -> None:
        """Open the session."""
        folder = self.folder.resolve().as_uri()
        capabilities = {"textDocument": {"publishDiagnostics": {"versionSupport": True, "relatedInformation": True}}}
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder,
                "workspaceFolders": [{"uri": folder, "name": "bench"}],
                "capabilities": capabilities,
            },
        )
        self.send({"method": "initialized", "params": {}})

    def open(self, name: str, text: str) -> None:
        """Open a document."""
        document = {"uri": self.uri(name), "languageId": "python", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def change(self, name: str, version: int, text: str) -> None:
        """Replace a document's text."""
        document = {"uri": self.uri(name), "version": version}
        self.send(
            {
                "method": "textDocument/didChange",
                "params": {"textDocument": document, "contentChanges": [{"text": text}]},
            }
        )

    def diagnostics(self, name: str, version: int = 1) -> list[Any]:
        """Wait for the diagnostics of a version."""
        uri = self.uri(name)

        def wanted(message: dict[str, Any]) -> bool:
            params = message.get("params") or {}
            return (
                message.get("method") == "textDocument/publishDiagnostics"
                and params["uri"] == uri
                and params.get("version") == version
            )

        return self.wait(wanted)["params"]["diagnostics"]

    def hover(self, name: str, line: int, character: int) -> Any:
        """Ask for a hover card."""
        position = {"line": line, "character": character}
        return self.request("textDocument/hover", {"textDocument": {"uri": self.uri(name)}, "position": position})

    def close(self) -> None:
        """End the session."""
        self.request("shutdown", None)
        self.send({"method": "exit", "params": None})
        self.process.wait(timeout=30)
