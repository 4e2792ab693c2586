"""Any order of appends, failures, kills and power losses: no acknowledged event is ever lost."""

from __future__ import annotations

import errno
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rusta_devlog import BlobError, DevLog, DevLogFailed, DevLogNotFound, DevLogReader, verify
from rusta_devlog.simulation import Killed, SimulatedDisk

LOG = Path("/state/devlog/ep-1")


def entry(number: int, size: int) -> dict:
    return {"v": 1, "ts": "t", "episode": "ep-1", "kind": "note", "data": {"n": number, "x": "x" * size}}  # fmt: skip


class PowerLoss(RuleBasedStateMachine):
    """The model is a list: what was acknowledged, and the one group whose append ended in an error."""

    @initialize(seed=st.integers(0, 2**32), segment_bytes=st.sampled_from([1024, 3000, 100_000]))
    def begin(self, seed, segment_bytes):
        self.disk = SimulatedDisk(seed)
        self.segment_bytes = segment_bytes
        self.log: DevLog | None = None
        self.acknowledged: list[int] = []
        self.in_doubt: list[int] = []
        self.blobs: dict[str, bytes] = {}
        self.next_number = 1

    def texts(self) -> list[int]:
        found = [item.entry for item in DevLogReader(LOG, fs=self.disk)]
        return [item["data"]["n"] for item in found if item["kind"] == "note"]

    def attempt(self, work) -> bool:
        """Do something that may fail or be killed, as the disk has it; False if it was."""
        try:
            work()
        except (DevLogFailed, BlobError):
            return False
        except Killed:
            self.disk.kill()
            self.log = None
            return False
        finally:
            self.disk.heal()
        return True

    def reopen(self) -> None:
        try:
            self.log = DevLog.open(LOG, fs=self.disk, segment_bytes=self.segment_bytes)
        except DevLogNotFound:
            assert not self.acknowledged
            self.log = DevLog.create(LOG, "ep-1", fs=self.disk, segment_bytes=self.segment_bytes)
        assert not self.log.read_only
        found = self.texts()
        assert found in (self.acknowledged, self.acknowledged + self.in_doubt)
        # Whoever opened the log has seen these entries: from here on they must stay.
        self.acknowledged, self.in_doubt = found, []

    @precondition(lambda self: self.log is None)
    @rule()
    def open(self):
        """Nothing is open: open it, or create it."""
        self.attempt(self.reopen)

    @precondition(lambda self: self.log is not None)
    @rule(sizes=st.lists(st.sampled_from([0, 10, 400, 500, 2000]), min_size=1, max_size=4))
    def append(self, sizes):
        group = list(range(self.next_number, self.next_number + len(sizes)))
        self.next_number += len(sizes)
        entries = [entry(number, size) for number, size in zip(group, sizes, strict=True)]
        healthy = not self.log._failure
        if self.attempt(lambda: self.log.append_group(entries)):
            self.acknowledged += group
        elif healthy:
            self.in_doubt = group

    @precondition(lambda self: self.log is not None)
    @rule(data=st.sampled_from([b"", b"small", b"large" * 1000]))
    def put_blob(self, data):
        def work() -> None:
            self.blobs[self.log.put_blob(data)] = data

        self.attempt(work)

    @precondition(lambda self: self.log is not None)
    @rule()
    def close(self):
        if self.attempt(self.log.close):
            self.log = None

    @rule(call=st.integers(1, 12), code=st.sampled_from([errno.EIO, errno.ENOSPC]))
    def fail_soon(self, call, code):
        """One of the next calls fails; whatever happens next runs into it or not."""
        self.disk.fail_at(call, code)

    @rule(call=st.integers(1, 12))
    def die_soon(self, call):
        self.disk.kill_at(call)

    @rule()
    def kill(self):
        self.disk.kill()
        self.log = None

    @rule()
    def lose_power(self):
        self.disk.kill()
        self.disk.lose_power()
        self.log = None

    @precondition(lambda self: self.log is not None)
    @rule()
    def recovery_is_idempotent(self):
        """Once opened, opening again changes nothing and tells nothing."""
        self.disk.heal()
        self.log.close()
        self.reopen()
        head, told = self.log.head, len(list(DevLogReader(LOG, fs=self.disk)))
        self.log.close()
        self.reopen()
        assert self.log.recovered == ()
        assert self.log.head == head
        assert len(list(DevLogReader(LOG, fs=self.disk))) == told

    @invariant()
    def nothing_acknowledged_is_lost(self):
        if not self.disk.exists(LOG):
            assert not self.acknowledged
            return
        if self.acknowledged:
            found = self.texts()
            assert found[: len(self.acknowledged)] == self.acknowledged
        reader = DevLogReader(LOG, fs=self.disk)
        for sha256, data in self.blobs.items():
            assert reader.get_blob(sha256) == data
        if self.log is not None and not self.log._failure:
            assert verify(LOG, fs=self.disk).ok


TestPowerLoss = PowerLoss.TestCase
TestPowerLoss.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
