"""Speaks to rust-analyzer inside the sandbox: a job on standard input, an answer on standard output.

Runs with nothing but the standard library, by any Python 3.9 or later, as ``python3 -I -c TEXT``. The job is one JSON object
(binary, root, places, deadline_s); a place is {path, start, end}, each end a [line, UTF-16 column] from 0. The answer is
{"fixes": [{"place", "title", "kind", "edits"}], "note"}; an edit is {path, start, end, text}.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

_SETTLED_S = 0.5


class Session:
    """One rust-analyzer process and what it said so far."""

    def __init__(self, binary: str, root: str, deadline: float) -> None:
        self.root, self.deadline = root, deadline
        self.answers: dict[int, Any] = {}
        self.quiescent = False
        self.complaint = ""
        self.changed = threading.Condition()
        self.count = 0
        self.process = subprocess.Popen(
            [binary], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def uri(self, path: str) -> str:
        return "file://" + quote(f"{self.root}/{path}")

    def send(self, method: str, params: Any, *, wanted: bool) -> int:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if wanted:
            self.count += 1
            message["id"] = self.count
        self._write(message)
        return self.count

    def wait(self, number: int) -> Any:
        with self.changed:
            while number not in self.answers:
                left = self.deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    return None
                self.changed.wait(min(left, 0.5))
            return self.answers[number].get("result")

    def wait_until_quiet(self) -> bool:
        with self.changed:
            while not self.quiescent:
                left = self.deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    return False
                self.changed.wait(min(left, 0.5))
        return True

    def end(self) -> None:
        try:
            self._write({"jsonrpc": "2.0", "id": 0, "method": "shutdown", "params": None})
            self._write({"jsonrpc": "2.0", "method": "exit", "params": None})
            self.process.wait(2)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def _write(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        pipe = self.process.stdin
        assert pipe is not None
        pipe.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        pipe.flush()

    def _listen(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        while True:
            length = 0
            for line in iter(pipe.readline, b""):
                if line == b"\r\n":
                    break
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            self._take(json.loads(pipe.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" in message and "id" in message:
            # The server asks for settings and for leave to register; both may be answered with nothing.
            items = (message.get("params") or {}).get("items")
            result = [None] * len(items) if isinstance(items, list) else None
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})
            return
        with self.changed:
            if message.get("method") == "experimental/serverStatus":
                self.quiescent = bool(message["params"].get("quiescent"))
                ill = message["params"].get("health") != "ok"
                self.complaint = str(message["params"].get("message") or "") if ill else ""
            elif "id" in message and "method" not in message:
                self.answers[message["id"]] = message
            self.changed.notify_all()


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Open the files, wait until everything is loaded, and ask for the fixes at each place."""
    session = Session(job["binary"], job["root"], time.monotonic() + float(job["deadline_s"]))
    try:
        return _ask(session, job)
    finally:
        session.end()


def _ask(session: Session, job: dict[str, Any]) -> dict[str, Any]:
    support = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}},
               "resolveSupport": {"properties": ["edit"]}}  # fmt: skip
    ready = session.send(
        "initialize",
        {
            "processId": None,
            "rootUri": session.uri(""),
            "capabilities": {
                "textDocument": {"codeAction": support},
                "experimental": {"serverStatusNotification": True},
            },
            "initializationOptions": {
                "checkOnSave": False,
                "cargo": {"buildScripts": {"enable": False}, "sysrootSrc": job.get("library")},
                "procMacro": {"enable": False},
                "cachePriming": {"enable": False},
                "detachedFiles": job.get("detached", []),
                "numThreads": 1,
            },
        },
        wanted=True,
    )
    if session.wait(ready) is None:
        return {"fixes": [], "note": "rust-analyzer did not start in time"}
    session.send("initialized", {}, wanted=False)
    for path in sorted({place["path"] for place in job["places"]}):
        text = Path(session.root, path).read_text("utf-8")
        document = {"uri": session.uri(path), "languageId": "rust", "version": 1, "text": text}
        session.send("textDocument/didOpen", {"textDocument": document}, wanted=False)
    if not session.wait_until_quiet():
        return {"fixes": [], "note": "rust-analyzer had not read everything in time"}
    time.sleep(_SETTLED_S)
    fixes = []
    for number, place in enumerate(job["places"]):
        span = {"start": _position(place["start"]), "end": _position(place["end"])}
        request = {
            "textDocument": {"uri": session.uri(place["path"])},
            "range": span,
            "context": {"diagnostics": [], "only": ["quickfix"]},
        }
        for action in session.wait(session.send("textDocument/codeAction", request, wanted=True)) or ():
            if "edit" not in action:
                action = session.wait(session.send("codeAction/resolve", action, wanted=True)) or {}
            edits = _edits(session, action.get("edit") or {})
            if edits:
                fixes.append({"place": number, "title": action.get("title", ""), "edits": edits})
    return {"fixes": fixes, "note": session.complaint[:500]}


def _position(pair: list[int]) -> dict[str, int]:
    return {"line": pair[0], "character": pair[1]}


def _edits(session: Session, edit: dict[str, Any]) -> list[dict[str, Any]]:
    """The edits of files below the root; none at all when the change makes or removes files."""
    changes = dict(edit.get("changes") or {})
    for item in edit.get("documentChanges") or ():
        if "textDocument" not in item:
            return []
        changes.setdefault(item["textDocument"]["uri"], []).extend(item["edits"])
    found = []
    top = f"file://{session.root}/"
    for written, group in changes.items():
        uri = unquote(written)
        if not uri.startswith(top):
            return []
        for one in group:
            start, end = one["range"]["start"], one["range"]["end"]
            found.append(
                {
                    "path": uri[len(top) :],
                    "start": [start["line"], start["character"]],
                    "end": [end["line"], end["character"]],
                    "text": one["newText"],
                }
            )
    return found


if __name__ == "__main__":
    json.dump(work(json.load(sys.stdin)), sys.stdout)
