"""A single ``.rs`` file that belongs to no crate: which files it is made of, and a tree of its own for the sandbox.

The folder around such a file may be anything (a home folder, ``/tmp``), so it is never shown to the sandbox. The file
and the modules and texts it includes are copied to a folder named after their content.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path

from rusta_schemas.canonical import digest, sha256_hex

_MODULE = re.compile(
    rb'(?:#\s*\[\s*path\s*=\s*"([^"\n]+)"\s*\]\s*(?:#\s*\[[^\]\n]*\]\s*)*)?'
    rb"\b(?:pub(?:\s*\([^)]*\))?\s+)?mod\s+((?:r#)?[A-Za-z_][A-Za-z0-9_]*)\s*;"
)
_INCLUDE = re.compile(rb'\binclude(_str|_bytes)?!\s*[(\[{]\s*"([^"\n]+)"')
_FILES_MAX = 500


def module_files(entry: Path, folder: Path | None = None) -> dict[str, Path]:
    """The files that ``entry`` is compiled from: path relative to ``folder`` (default: its own) → real place.

    Follows ``mod name;``, ``#[path]`` and ``include…!`` textually (also in comments, which only adds files), within
    the folder; files that cannot be read are left out, the compiler will name them.
    """
    folder = folder or entry.parent
    found: dict[str, Path] = {}
    queue: list[tuple[Path, Path, bool]] = [(entry, entry.parent, True)]
    while queue and len(found) < _FILES_MAX:
        path, modules, is_rust = queue.pop()
        name = os.path.relpath(path, folder)
        if name in found or name.startswith("..") or not path.is_file():
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            continue
        found[name] = path
        if is_rust:
            queue += _mentioned(path, modules)
    return found


def _mentioned(path: Path, modules: Path) -> list[tuple[Path, Path, bool]]:
    try:
        text = path.read_bytes()
    except OSError:
        return []
    result: list[tuple[Path, Path, bool]] = []
    for explicit, raw in _MODULE.findall(text):
        name = raw.decode().removeprefix("r#")
        if explicit:
            target = path.parent / os.fsdecode(explicit)
            result.append((target, target.parent, True))
        else:
            # A module in an inline module lies deeper; the textual search offers both places.
            for place in (modules, path.parent):
                result.append((place / f"{name}.rs", place / name, True))
                result.append((place / name / "mod.rs", place / name, True))
    for kind, raw in _INCLUDE.findall(text):
        result.append((path.parent / os.fsdecode(raw), modules, not kind))
    return result


def stage(files: dict[str, Path], home: Path) -> Path:
    """A folder under ``home`` that holds exactly ``files``; the same content gives the same folder.

    Raises:
        OSError: a file cannot be read, or the folder cannot be written.
    """
    contents = {name: path.read_bytes() for name, path in files.items()}
    key = digest([[name, str(files[name]), sha256_hex(data)] for name, data in sorted(contents.items())])
    parent = home / "cache" / "standalone"
    place = parent / key
    if place.is_dir():
        return place
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = Path(tempfile.mkdtemp(dir=parent, prefix=".new-"))
    for name, data in contents.items():
        target = temporary / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.write_bytes(data)
    with contextlib.suppress(OSError):  # another process was first; its folder has the same content
        temporary.rename(place)
    if temporary.exists():
        _remove(temporary)
    return place


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
