"""Where flashing keeps what it works with: containers and what was read from devices, by their hashes."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

from rusta_akida.devices.messages import program_hash
from rusta_akida.program.container import Container, read_container, write_file
from rusta_akida.program.errors import BuildError, ProgramError

_SIZE = struct.Struct("<I")


class Shelf:
    """The folder ``akida/programs`` of the state folder ``home``."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "akida" / "programs"

    def put_container(self, data: bytes) -> str:
        """Keep the bytes of a ``.fbz`` file; gives their SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        self._put(f"{digest}.fbz", data)
        return digest

    def container(self, digest: str) -> Container:
        """The container with this SHA-256.

        Raises:
            ProgramError: it is not there, or was changed.
        """
        path = self._folder / f"{digest}.fbz"
        data = self._get(path)
        if hashlib.sha256(data).hexdigest() != digest:
            raise ProgramError(str(path), 0, "file", "it was changed since it was put there")
        return read_container(data)

    def put_program(self, info: bytes, data: bytes) -> str:
        """Keep a program that was read from a device; gives its hash."""
        digest = program_hash(info, data).hex()
        self._put(f"{digest}.program", _SIZE.pack(len(info)) + info + data)
        return digest

    def program(self, digest: str) -> tuple[bytes, bytes]:
        """(program_info, program_data) of the program with this hash. Raises as :meth:`container`."""
        path = self._folder / f"{digest}.program"
        raw = self._get(path)
        size = _SIZE.unpack_from(raw)[0] if len(raw) >= _SIZE.size else 0
        info, data = raw[_SIZE.size : _SIZE.size + size], raw[_SIZE.size + size :]
        if program_hash(info, data).hex() != digest:
            raise ProgramError(str(path), 0, "file", "it was changed since it was put there")
        return info, data

    def _put(self, name: str, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BuildError(f"cannot make {self._folder}: {error.strerror}") from None
        path = self._folder / name
        if not path.exists() or path.read_bytes() != data:
            write_file(path, data)

    def _get(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise ProgramError(str(path), 0, "file", f"{error.strerror or error}") from None
