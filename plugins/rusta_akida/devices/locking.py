"""One client at a time: a lock on a file, so that processes take turns on a device."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rusta_akida.devices.errors import DeviceBusy, DeviceError

WAIT_S = 10.0
_LOOK_S = 0.02


class DeviceLock:
    """Held from the beginning to the end of a ``with`` block, or from :meth:`take` to :meth:`give`.

    The system lets go of it when its process dies, however it dies.
    """

    def __init__(self, path: Path, what: str, wait_s: float = WAIT_S) -> None:
        self._path, self._what, self._wait_s = path, what, wait_s
        self._handle: int | None = None

    def take(self) -> None:
        """Wait for it.

        Raises:
            DeviceBusy: somebody else kept it all the time; who is said as far as it is known.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DeviceError(f"the lock {self._path} cannot be made: {error.strerror}") from None
        until = time.monotonic() + self._wait_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= until:
                    holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
                    os.close(handle)
                    who = f"process {holder}" if holder else "another process"
                    raise DeviceBusy(f"{self._what} is in use by {who}; wait for it, or end it") from None
                time.sleep(_LOOK_S)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._handle = handle

    def give(self) -> None:
        """Let go of it."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give()
