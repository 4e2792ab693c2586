"""Peers that the product doesn't need: each benchmark puts its own into a virtual environment below build/bench."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def environment(bench: str, requirements: tuple[str, ...]) -> Path:
    """The Python of build/bench/BENCH/venv with ``requirements`` installed; made when it is not there yet."""
    place = ROOT / "build" / "bench" / bench / "venv"
    stamp = place / "requirements"
    python = place / "bin" / "python"
    wanted = "\n".join(requirements)
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    print(f"installing {', '.join(requirements)} into {place.relative_to(ROOT)} …", flush=True)
    venv.create(place, clear=True, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    subprocess.run(command, check=True)
    stamp.write_text(wanted, "utf-8")
    return python


class Worker:
    """A script of a peer in a process of its own: one JSON line in, one JSON line out."""

    def __init__(self, python: Path | None, script: Path) -> None:
        self._process = subprocess.Popen(
            [str(python or sys.executable), str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )

    def ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer stopped with exit code {self._process.wait()} at {question}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)
