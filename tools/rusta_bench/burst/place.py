"""Where the peers live and how their scripts are run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
# Brian2 2.9 needs a method that numpy 2.4 dropped.
PEERS = ("numpy<2.4", "scipy", "numba", "Brian2", "cython", "setuptools", "matplotlib", "nest-simulator")
SCRIPTS = Path(__file__).parent / "peers"


def prepare() -> Path:
    """The folder of this benchmark, with a virtual environment in which the peers are installed."""
    place = ROOT / "build" / "bench" / "burst"
    stamp = place / "installed"
    wanted = "\n".join(PEERS)
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return place
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "venv" / "bin" / "python").exists():
        venv.create(place / "venv", with_pip=True)
    print(f"installing {', '.join(PEERS)} into {place / 'venv'}", file=sys.stderr)
    for name in PEERS:
        command = [str(place / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", name]
        if subprocess.run(command, check=False).returncode != 0:
            print(f"{name} cannot be had here: its rows are left out", file=sys.stderr)
    stamp.write_text(wanted, "utf-8")
    return place


def measure(place: Path, script: str, timeout: int = 1500, **settings: Any) -> dict[str, Any]:
    """Run ``peers/SCRIPT.py`` in the peers' environment; the figures it prints as its last line.

    A peer that is not there or fails gives {"error": the last line of what it said}.
    """
    folders = [ROOT / name for name in ("plugins", "conductor", "native", "schemas", "devlog", "tools")]
    path = os.pathsep.join(str(folder) for folder in folders)
    # The peers' own threads would only get in each other's way on a small machine, and numba caches.
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "2", "NUMBA_CACHE_DIR": str(place / "numba")}
    command = [str(place / "venv" / "bin" / "python"), str(SCRIPTS / f"{script}.py"), json.dumps(settings)]
    print(f"  {script} {settings or ''}", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=timeout, cwd=place, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": f"gave no figures in {timeout} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        return {"error": said[-1] if said else f"exit code {done.returncode}"}
    figures: dict[str, Any] = json.loads(lines[-1])
    return figures


def free_memory() -> int:
    """Bytes that a program can take without anything being swapped out; a lot where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 1 << 62
