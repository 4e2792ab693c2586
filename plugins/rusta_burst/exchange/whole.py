"""Files that are there whole or not at all, and files read with their troubles told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rusta_burst.errors import BurstError


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` make a file beside ``path``, then put it in place.

    Raises:
        BurstError: it cannot be written; nothing is left of it.
    """
    temporary = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise BurstError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text whole.

    Raises:
        BurstError: it cannot be written.
    """
    write_whole(path, lambda place: void(place.write_text(text, encoding="utf-8")))


def void(_value: object) -> None:
    """Drop a value."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell what the operating system says in one sentence.

    Raises:
        BurstError: the file cannot be opened or read.
    """
    try:
        yield
    except FileNotFoundError:
        raise BurstError(f"cannot read {path}: there is no such file") from None
    except (PermissionError, IsADirectoryError) as error:
        raise BurstError(f"cannot read {path}: {error.strerror}") from None
