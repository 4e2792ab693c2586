"""Content-addressed storage of large outputs beside a log: ``blobs/ab/cdef…``, named by SHA-256."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rusta_devlog.errors import BlobError
from rusta_devlog.fs import REAL, FileSystem, make_directories, read_all, write_durably
from rusta_schemas.canonical import sha256_hex

SHA256 = re.compile(r"^[0-9a-f]{64}$")


class BlobFolder:
    """The blobs of one log."""

    def __init__(self, log_directory: Path, fs: FileSystem = REAL) -> None:
        self.directory = log_directory / "blobs"
        self._fs = fs
        self._durable: set[str] = set()
        self._folders: set[Path] = set()

    def path(self, sha256: str) -> Path:
        """Where the blob lies.

        Raises:
            BlobError: ``sha256`` is not 64 lower-case hex digits.
        """
        if not SHA256.match(sha256):
            raise BlobError(f"{sha256!r} cannot name a blob: give the SHA-256 as 64 hex digits")
        return self.directory / sha256[:2] / sha256[2:]

    def put(self, data: bytes) -> str:
        """Store ``data`` durably and give its SHA-256. Storing the same bytes again changes nothing.

        What another process stored is written anew: only then is it certain to be on the disk, and whole.

        Raises:
            OSError: the disk refused it. No partial blob is left under its name.
        """
        name = sha256_hex(data)
        if name not in self._durable:
            path = self.path(name)
            if path.parent not in self._folders:
                make_directories(self._fs, path.parent)
                self._folders.add(path.parent)
            write_durably(self._fs, path, data)
            self._durable.add(name)
        return name

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob, checked against their name.

        Raises:
            BlobError: the blob is missing, or its content is not what its name promises.
        """
        path = self.path(sha256)
        try:
            data = read_all(self._fs, path)
        except FileNotFoundError:
            raise BlobError(f"blob {sha256} is missing: {path} does not exist") from None
        except OSError as error:
            raise BlobError(f"blob {sha256} cannot be read: {path}: {error.strerror}") from error
        if sha256_hex(data) != sha256:
            raise BlobError(
                f"blob {sha256} is damaged: the {len(data)} bytes of {path} have another SHA-256; "
                "restore the file from a copy"
            )
        return data

    def names(self) -> Iterator[str]:
        """The SHA-256 of every blob in the folder, in order."""
        if not self._fs.exists(self.directory):
            return
        for prefix in sorted(self._fs.names(self.directory)):
            for rest in sorted(self._fs.names(self.directory / prefix)):
                if SHA256.match(prefix + rest):
                    yield prefix + rest
