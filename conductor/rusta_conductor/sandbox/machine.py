"""What stays true of a machine until it is booted anew: its programs, and the file systems that a rung was laid on."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

from rusta_conductor.sandbox.landlock import launcher
from rusta_conductor.sandbox.model import Rung


def machine_key() -> list[str]:
    """Changes with the boot, the kernel, the user, and the programs that sandboxes are made with."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    parts = [os.uname().release, str(os.geteuid())]
    with contextlib.suppress(OSError):
        parts.append(boot.read_text().strip())
    programs: list[Path | None] = [_which("bwrap"), _which("unshare"), launcher()]
    for program in programs:
        with contextlib.suppress(OSError):
            if program is not None:
                status = program.stat()
                parts.append(f"{program}:{status.st_size}:{status.st_mtime_ns}")
    return parts


def was_laid(home: Path, rung: Rung, root: Path) -> bool:
    """A sandbox of this rung has run a command on a tree of the same file system, on this machine as it is now."""
    return _pair(home, rung, root) in _laid(home)


def note_laid(home: Path, rung: Rung, root: Path) -> None:
    """Remember that a command ran."""
    _write(home, {*_laid(home), _pair(home, rung, root)})


def forget_laid(home: Path) -> None:
    """A sandbox could not be laid after all: the next ones are tried out again."""
    with contextlib.suppress(OSError):
        _note(home).unlink(missing_ok=True)


def _which(name: str) -> Path | None:
    found = shutil.which(name)
    return None if found is None else Path(found)


def _note(home: Path) -> Path:
    return home / "cache" / "sandbox-laid.json"


def _pair(home: Path, rung: Rung, root: Path) -> str:
    """The rung, and the file systems of the tree and of the folders that are laid over it."""
    return f"{rung} {root.stat().st_dev} {home.stat().st_dev}"


def _laid(home: Path) -> set[str]:
    try:
        raw = json.loads(_note(home).read_text("utf-8"))
        return {str(pair) for pair in raw["laid"]} if raw["key"] == machine_key() else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _write(home: Path, pairs: set[str]) -> None:
    note = _note(home)
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = note.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps({"key": machine_key(), "laid": sorted(pairs)}), "utf-8")
        temporary.replace(note)
