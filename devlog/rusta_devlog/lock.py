"""One writer per log: an exclusive ``flock`` on the file ``lock``, which names its holder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from rusta_devlog.errors import DevLogLocked
from rusta_devlog.fs import FileSystem

LOCK_NAME = "lock"


def take_lock(fs: FileSystem, directory: Path) -> int:
    """Lock the log in ``directory`` without waiting; closing the returned descriptor gives the lock back.

    Raises:
        DevLogLocked: another process (or another object of this one) holds it.
        OSError: the lock file cannot be opened.
    """
    fd = fs.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT)
    try:
        if not fs.lock(fd):
            holder = fs.read(fd, 32, 0).strip()
            pid = int(holder) if holder.isdigit() else None
            who = f"process {pid}" if pid else "another process"
            raise DevLogLocked(
                f"the log in {directory} is being written by {who}; wait for it to end, or read "
                "the log without opening it for writing",
                pid,
            )
        with suppress(OSError):  # the name is a courtesy; a full disk must not keep the log shut
            fs.truncate(fd, 0)
            fs.write(fd, str(os.getpid()).encode(), 0)
    except BaseException:
        fs.close(fd)
        raise
    return fd
