"""A disk that fails once, at every call there is, or that is full: a clear error, and a usable log afterwards."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rusta_devlog import (
    BlobError,
    DevLog,
    DevLogError,
    DevLogFailed,
    DevLogNotFound,
    DevLogReader,
    verify,
)
from rusta_devlog.simulation import Killed, SimulatedDisk

LOG = Path("/logs/ep-1")
GROUPS = [[1], [2, 3], [4], [5], [6, 7, 8], [9], [10]]


def entry(number: int) -> dict:
    return {"v": 1, "ts": "t", "episode": "ep-1", "kind": "note", "data": {"n": number, "x": "x" * 200}}  # fmt: skip


class Session:
    """Creates a log, fills two and a half segments, opens it again in between; remembers what was acknowledged."""

    def __init__(self, disk: SimulatedDisk) -> None:
        self.disk = disk
        self.acknowledged: list[int] = []
        self.blobs: list[str] = []
        self.attempted = 0
        self.created = False

    def run(self) -> None:
        log = DevLog.create(LOG, "ep-1", fs=self.disk, segment_bytes=2048)
        self.created = True
        try:
            for at, group in enumerate(GROUPS):
                self.attempted = group[-1]
                log.append_group([entry(number) for number in group])
                self.acknowledged += group
                self.blobs.append(log.put_blob(b"blob %d" % at))
                if at == 3:
                    log.close()
                    log = DevLog.open(LOG, fs=self.disk, segment_bytes=2048)
        except Exception:
            log.close()
            raise
        log.close()

    def check(self) -> None:
        """Opened again, the log has all that was acknowledged, at most one group more, and takes new entries."""
        disk = self.disk
        try:
            log = DevLog.open(LOG, fs=disk)
        except DevLogNotFound:
            assert not self.created
            log = DevLog.create(LOG, "ep-1", fs=disk)
        assert not log.read_only
        log.append(entry(99))
        log.close()
        found = [item.entry["data"].get("n") for item in DevLogReader(LOG, fs=disk)]
        found = [number for number in found if number is not None]
        assert found[-1] == 99
        in_doubt = [n for n in range(1, self.attempted + 1) if n not in self.acknowledged]
        assert found[:-1] in (self.acknowledged, self.acknowledged + in_doubt)
        for sha256 in self.blobs:
            DevLogReader(LOG, fs=disk).get_blob(sha256)
        assert verify(LOG, fs=disk).ok


def calls_of_a_whole_session() -> int:
    disk = SimulatedDisk()
    session = Session(disk)
    session.run()
    calls = disk.calls
    session.check()
    assert session.acknowledged == list(range(1, 11))
    return calls


CALLS = calls_of_a_whole_session()


def run(session: Session) -> str:
    """Run the session to its end or its error; gives the error's message. The disk is healthy afterwards."""
    message = ""
    try:
        session.run()
    except (DevLogFailed, BlobError) as error:
        message = str(error)
    session.disk.kill()
    session.disk.heal()
    return message


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("then", ["nothing", "power loss"])
def test_a_failure_at_every_call(code, then):
    silent = 0
    for call in range(1, CALLS + 1):
        disk = SimulatedDisk(seed=call)
        disk.fail_at(call, code)
        session = Session(disk)
        message = run(session)
        if message:
            assert os.strerror(code) in message, call
            assert str(LOG.parent) in message, "the message says where"
        else:
            silent += 1
        if then == "power loss":
            disk.lose_power()
        session.check()
    # Writing one's name into the lock, giving back the room at the end, removing left-overs.
    assert silent <= 8


@pytest.mark.parametrize("then", ["nothing", "power loss"])
def test_a_death_at_every_call(then):
    """The process is killed at each call; then the system goes on, or loses its power."""
    for call in range(1, CALLS + 1):
        disk = SimulatedDisk(seed=call)
        disk.kill_at(call)
        session = Session(disk)
        with pytest.raises(Killed):
            session.run()
        disk.kill()
        disk.heal()
        if then == "power loss":
            disk.lose_power()
        session.check()


def test_a_disk_of_every_size():
    """The disk is full after so many bytes; later there is room again."""
    needed = 0
    for capacity in range(0, 150_000, 997):
        disk = SimulatedDisk(seed=capacity, capacity=capacity)
        session = Session(disk)
        message = run(session)
        if message:
            assert "free some space" in message
            needed = capacity
        if session.acknowledged:  # a reader needs no room
            found = [item.entry["data"]["n"] for item in DevLogReader(LOG, fs=disk)]
            assert found[: len(session.acknowledged)] == session.acknowledged
        disk.capacity = None
        session.check()
    assert needed > 10_000


@pytest.mark.parametrize("then", ["nothing", "power loss"])
def test_a_failure_during_recovery(then):
    """At every call of a repair; the next attempt does it, and what was torn off is still there."""
    failures = 0
    for call in range(1, 40):
        disk = SimulatedDisk(seed=call)
        session = Session(disk)
        session.run()
        last = max(name for name in disk.names(LOG) if name.endswith(".seg"))
        disk.put(LOG / last, disk.content(LOG / last) + b"torn")
        disk.fail_at(call)
        message = ""
        try:
            DevLog.open(LOG, fs=disk).close()
        except DevLogError as error:
            message = str(error)
        failures += bool(message)
        assert message == "" or "Input/output error" in message
        disk.kill()
        disk.heal()
        if then == "power loss":
            disk.lose_power()
        session.check()
        broken = [name for name in disk.names(LOG) if name.endswith(".broken")]
        assert any(disk.content(LOG / name) == b"torn" for name in broken)
    assert failures > 10
