"""The /etc that commands see on the bwrap rungs: the linker's cache, alternatives, one user, no resolver, no secrets.

It is the same for every sandbox of a machine and shown read-only, so it is made once and kept in the state folder
under a name that says what it was made from.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from rusta_conductor.sandbox.view import HOME, USER_ID

FILES = ("ld.so.cache", "ld.so.conf", "localtime", "os-release", "debian_version")
FOLDERS = ("ld.so.conf.d", "alternatives")
_TEXT = {
    "passwd": f"root:x:0:0:root:/:/bin/sh\nrusta:x:{USER_ID}:{USER_ID}:rusta:{HOME}:/bin/sh\n",
    "group": f"root:x:0:\nrusta:x:{USER_ID}:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "hostname": "rusta\n",
}
_ETC = Path("/etc")


def etc_folder(home: Path, source: Path = _ETC) -> Path:
    """The folder to show as /etc, made if it is not there yet. home: the state folder."""
    place = home.absolute() / "cache" / "etc" / _name(source)
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
    try:
        temporary.chmod(0o755)
        _write(temporary, source)
        with contextlib.suppress(OSError):  # another process was first; its folder has the same content
            temporary.rename(place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return place


def _name(source: Path) -> str:
    """Changes with everything that is copied: a link cannot change without its folder's time."""
    seen: list[object] = [_TEXT]
    for path in _sources(source):
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            seen.append([str(path), status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns])
    return sha256(json.dumps(seen).encode()).hexdigest()[:32]


def _sources(source: Path) -> Iterator[Path]:
    yield from (source / name for name in FILES)
    for name in FOLDERS:
        yield source / name
        with contextlib.suppress(OSError), os.scandir(source / name) as entries:
            yield from sorted(Path(entry.path) for entry in entries if not entry.is_symlink())


def _write(place: Path, source: Path) -> None:
    for name, text in _TEXT.items():
        (place / name).write_text(text, "utf-8")
    for name in FILES:
        _copy(source / name, place / name)
    for name in FOLDERS:
        if (source / name).is_dir():
            (place / name).mkdir()
            for entry in (source / name).iterdir():
                _copy(entry, place / name / entry.name)


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_file():
        shutil.copyfile(source, target)
