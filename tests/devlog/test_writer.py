"""The writer: what it promises, and what it refuses."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest

from rusta_devlog import (
    BadEntry,
    BlobError,
    DevLog,
    DevLogFailed,
    DevLogLocked,
    DevLogReader,
    verify,
)
from rusta_devlog.frames import genesis
from rusta_devlog.simulation import SimulatedDisk

LOG = Path("/logs/ep-1")


HOLDER = """
import sys
from rusta_devlog import DevLog
log = DevLog.open(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def entry(number: int, size: int = 0) -> dict:
    return {"v": 1, "ts": "t", "episode": "ep-1", "kind": "note", "data": {"n": number, "x": "x" * size}}  # fmt: skip


class CountingDisk(SimulatedDisk):
    """Writes down what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.before = self.asked.append
        self.random.random = lambda: 1.0  # no short writes


def test_an_append_is_one_write_and_one_sync():
    disk = CountingDisk()
    with DevLog.create(LOG, "ep-1", fs=disk) as log:
        for group in ([entry(1)], [entry(n) for n in range(50)], [entry(3, 200_000)]):
            disk.asked.clear()
            log.append_group(group)
            assert disk.asked == ["write", "sync"]


def test_nothing_is_promised_before_the_sync():
    """The entry is acknowledged after the sync, not before: a failing sync means no receipt."""
    disk = SimulatedDisk()
    log = DevLog.create(LOG, "ep-1", fs=disk)
    log.append(entry(1))
    disk.fail_at(2)
    with pytest.raises(DevLogFailed) as caught:
        log.append(entry(2))
    message = str(caught.value)
    for part in ("entry 2", "00000001.seg", "offset 1024", "Input/output error", str(LOG)):
        assert part in message
    assert "up to 1 are safe" in message
    assert log.head.seq == 1


def test_a_failed_writer_never_tries_again():
    for call in (1, 2):
        disk = CountingDisk()
        log = DevLog.create(LOG, "ep-1", fs=disk)
        log.append(entry(1))
        disk.fail_at(call, errno.ENOSPC)
        with pytest.raises(DevLogFailed, match="free some space"):
            log.append(entry(2))
        calls = disk.calls
        with pytest.raises(DevLogFailed, match=r"open .* again"):
            log.append(entry(3))
        with pytest.raises(DevLogFailed):
            log.put_blob(b"x")
        assert disk.calls == calls, "not one more call to the disk"
        log.close()
        assert disk.calls == calls
        with DevLog.open(LOG, fs=disk) as log:
            assert log.append(entry(4)).seq >= 2


def test_an_interrupted_append_makes_the_writer_unusable():
    disk = SimulatedDisk()
    log = DevLog.create(LOG, "ep-1", fs=disk)

    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    disk.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        log.append(entry(1))
    with pytest.raises(DevLogFailed, match="interrupted"):
        log.append(entry(1))


def test_a_failing_blob_leaves_the_log_usable():
    for call in range(1, 7):
        disk = SimulatedDisk(seed=1)
        log = DevLog.create(LOG, "ep-1", fs=disk)
        disk.fail_at(call, errno.ENOSPC)
        with pytest.raises(BlobError, match="free some space"):
            log.put_blob(b"data")
        sha256 = log.put_blob(b"data")
        log.append({"kind": "done", "data": {"blob": sha256}})
        log.close()
        disk.lose_power()
        assert DevLogReader(LOG, fs=disk).get_blob(sha256) == b"data"


def test_segments_begin_when_one_is_full(tmp_path):
    with DevLog.create(tmp_path / "log", "ep-1", segment_bytes=4096) as log:
        for number in range(30):
            log.append(entry(number, 300))
        log.append(entry(30, 10_000))
        log.append(entry(31))
    sizes = [path.stat().st_size for path in sorted((tmp_path / "log").glob("*.seg"))]
    assert len(sizes) > 4
    assert all(size <= 4096 for size in sizes[:-2]), "only a frame too large for any is longer"
    assert verify(tmp_path / "log").entries == 32


def test_files_are_for_their_owner_only(tmp_path):
    old = os.umask(0)
    try:
        with DevLog.create(tmp_path / "a" / "log", "ep-1") as log:
            log.append(entry(1))
            log.put_blob(b"secret")
    finally:
        os.umask(old)
    for path in (tmp_path / "a").rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_any_mapping_will_do(tmp_path):
    with DevLog.create(tmp_path / "log", "ep-1") as log:
        log.append(MappingProxyType({"kind": "note"}))
        with pytest.raises(BadEntry, match="mapping"):
            log.append(["kind"])  # type: ignore[arg-type]
        with pytest.raises(BadEntry, match="'note'"):
            log.append({"kind": "note", "data": {1: 2}})
        nested: dict = {}
        for _ in range(100_000):
            nested = {"x": nested}
        with pytest.raises(BadEntry):
            log.append(nested)
        with pytest.raises(BadEntry, match="put_blob"):
            log.append(entry(1, 65 << 20))
        assert log.append({"kind": "closed"}).seq == 2


def test_the_head_of_an_empty_log_is_its_genesis(tmp_path):
    with DevLog.create(tmp_path / "log", "ep-1") as log:
        assert log.head == (0, genesis("ep-1").hex())
    with DevLog.open(tmp_path / "log") as log:
        assert log.head == (0, genesis("ep-1").hex())
        assert log.append(entry(1)).seq == 1


def test_a_second_process_is_refused_by_name(tmp_path):
    """Really another process, in both directions; and the lock goes with its holder."""
    DevLog.create(tmp_path / "log", "ep-1").close()
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "log")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with child:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(DevLogLocked, match=f"process {child.pid}") as caught:
            DevLog.open(tmp_path / "log")
        assert caught.value.pid == child.pid
        child.kill()
        child.wait()
    with DevLog.open(tmp_path / "log") as log:
        refused = subprocess.run(
            [sys.executable, "-c", HOLDER, str(tmp_path / "log")],
            input=b"", capture_output=True, check=False,
        )  # fmt: skip
        assert refused.returncode != 0
        assert f"being written by process {os.getpid()}" in refused.stderr.decode()
        log.append(entry(1))


def test_a_fork_is_refused(tmp_path):
    with DevLog.create(tmp_path / "log", "ep-1") as log:
        log.append(entry(1))
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                log.append(entry(2))
            except DevLogFailed as error:
                code = 0 if "fork" in str(error) else 2
            finally:
                log.close()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert log.append(entry(3)).seq == 2, "the fork's close did not close ours"
    assert verify(tmp_path / "log").entries == 2


def test_a_full_disk_at_creation_is_told(tmp_path):
    disk = SimulatedDisk(capacity=100)
    with pytest.raises(DevLogFailed, match=r"cannot create the log .*No space left.*free some space"):
        DevLog.create(LOG, "ep-1", fs=disk)
    disk.capacity = None
    with DevLog.create(LOG, "ep-1", fs=disk) as log:
        log.append(entry(1))


def test_a_log_id_has_a_length(tmp_path):
    with pytest.raises(ValueError, match="200"):
        DevLog.create(tmp_path / "log", "x" * 201)
    assert not (tmp_path / "log").exists()
