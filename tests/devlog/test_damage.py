"""Every flipped byte is noticed, and every cut leaves exactly the right prefix: all of them, one after the other."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from rusta_devlog import DevLog, DevLogDamaged, DevLogError, DevLogNotFound, DevLogReader, verify
from rusta_devlog.cursor import LogCursor
from rusta_devlog.frames import SECTOR
from rusta_devlog.simulation import SimulatedDisk

LOG = Path("/logs/ep-1")


def entry(number: int, size: int = 40) -> dict:
    return {"v": 1, "ts": "t", "episode": "ep-1", "kind": "note", "data": {"n": number, "x": "x" * size}}  # fmt: skip


class Fixture:
    """A log of three segments with groups and a frame of several sectors, and where each of its frames ends."""

    def __init__(self) -> None:
        disk = SimulatedDisk()
        with DevLog.create(LOG, "ep-1", fs=disk, segment_bytes=2600) as log:
            log.append(entry(1))
            log.append_group([entry(2), entry(3), entry(4)])
            log.append(entry(5, 900))
            log.append(entry(6))
            log.append(entry(7, 600))
            log.append(entry(8))
            log.append(entry(9))
        self.files = {name: disk.content(LOG / name) for name in sorted(disk.names(LOG)) if name.endswith(".seg")}
        assert len(self.files) == 3
        sizes = map(len, self.files.values())
        starts = dict(zip(self.files, itertools.accumulate(sizes, initial=0), strict=False))
        # (end of the frame in the log as one string of bytes, number of entries up to there)
        self.ends: list[tuple[int, int]] = []
        cursor = LogCursor(disk, LOG)
        for frame in cursor.advance():
            self.ends.append((starts[cursor.file] + frame.end, frame.last_seq))

    def disk(self, files: dict[str, bytes] | None = None) -> SimulatedDisk:
        disk = SimulatedDisk()
        disk.make_directory(LOG.parent)
        disk.make_directory(LOG)
        for name, content in (self.files if files is None else files).items():
            disk.put(LOG / name, content)
        return disk

    def entries_before(self, offset: int) -> int:
        return max((count for end, count in self.ends if end <= offset), default=0)


FIXTURE = Fixture()


def numbers(disk: SimulatedDisk) -> list[int]:
    """The numbers of the entries that can be read, whatever comes after them."""
    found: list[int] = []
    try:
        for item in DevLogReader(LOG, fs=disk):
            found.append(item.entry["data"].get("n"))
    except DevLogError:
        pass
    return found


def test_the_fixture_is_whole():
    disk = FIXTURE.disk()
    report = verify(LOG, fs=disk)
    assert report.ok
    assert (report.segments, report.frames, report.entries) == (3, 7, 9)
    assert numbers(disk) == list(range(1, 10))
    with DevLog.open(LOG, fs=disk) as log:
        assert not log.read_only
        assert log.recovered == ()
        assert log.head.sha256 == report.head


@pytest.mark.parametrize("name", FIXTURE.files)
def test_every_flipped_byte_is_noticed(name):
    """By verify, and by a writer: nothing that lies before the flip is lost, and nothing is dropped in silence."""
    names = list(FIXTURE.files)
    content = FIXTURE.files[name]
    before = sum(len(FIXTURE.files[other]) for other in names[: names.index(name)])
    for at in range(len(content)):
        flipped = bytearray(content)
        flipped[at] ^= (1, 0x80, 0xFF)[at % 3]
        disk = FIXTURE.disk({**FIXTURE.files, name: bytes(flipped)})
        report = verify(LOG, fs=disk)
        assert not report.ok, at
        problem = report.first_problem
        assert problem.file == name
        assert problem.offset <= at
        # The frame that holds the byte is gone, what is before it is there.
        right = FIXTURE.entries_before(before + at)
        assert numbers(disk) == list(range(1, right + 1)), at
        try:
            log = DevLog.open(LOG, fs=disk)
        except DevLogNotFound as error:
            raise AssertionError(f"a log of nine entries is called missing: {at}") from error
        if log.read_only:
            with pytest.raises(DevLogDamaged, match=f"offset {problem.offset}"):
                log.append(entry(10))
            after = {n: disk.content(LOG / n) for n in names}
            assert after == {**FIXTURE.files, name: bytes(flipped)}, "a damaged log is left as it is"
        else:
            # The last frame: not to be told from a torn write. It is kept aside, and the log says so.
            assert name == names[-1]
            assert log.recovered[0]["data"]["file"] == name
            kept = disk.content(LOG / log.recovered[0]["data"]["kept_as"])
            offset = log.recovered[0]["data"]["offset"]
            assert kept == bytes(flipped[offset:]).rstrip(b"\0")
            log.append(entry(10))
            assert numbers(disk) == [*range(1, right + 1), None, 10]
        log.close()


def test_a_flip_in_the_middle_is_never_taken_for_a_torn_end():
    """In particular not in a length field: whole frames follow."""
    last_frame = FIXTURE.ends[-2][0]
    total = 0
    for name, content in FIXTURE.files.items():
        for at in range(len(content)):
            if total + at >= last_frame:
                break
            flipped = bytearray(content)
            flipped[at] ^= 0x40
            disk = FIXTURE.disk({**FIXTURE.files, name: bytes(flipped)})
            assert DevLog.open(LOG, fs=disk).read_only, (name, at)
        total += len(content)


def test_every_cut_leaves_the_right_prefix():
    """For a reader as it lies, and for a writer, who repairs it and goes on."""
    total = sum(map(len, FIXTURE.files.values()))
    for cut in range(total + 1):
        files, left = {}, cut
        for name, content in FIXTURE.files.items():
            if left > 0 or name == "00000001.seg":
                files[name] = content[:left]
            left = max(left - len(content), 0)
        disk = FIXTURE.disk(files)
        right = list(range(1, FIXTURE.entries_before(cut) + 1))
        assert numbers(disk) == right, cut
        if cut < SECTOR:  # the first header is not whole: this log was never created
            with pytest.raises(DevLogNotFound):
                DevLog.open(LOG, fs=disk)
            log = DevLog.create(LOG, "ep-1", fs=disk)
        else:
            log = DevLog.open(LOG, fs=disk)
        assert not log.read_only, cut
        log.append(entry(10))
        log.close()
        assert verify(LOG, fs=disk).ok, cut
        assert [n for n in numbers(disk) if n] == [*right, 10], cut
        assert numbers(disk).count(None) == len(log.recovered) <= 2


def test_room_written_ahead_is_watched_too():
    """The zeros after the last frame of a log that was not closed."""
    disk = SimulatedDisk()
    log = DevLog.create(LOG, "ep-1", fs=disk)
    log.append(entry(1))
    content = disk.content(LOG / "00000001.seg")
    assert len(content) == 64 << 10
    assert verify(LOG, fs=disk).ok
    for at in range(SECTOR, len(content), 61):
        flipped = bytearray(content)
        flipped[at] ^= 1
        disk.put(LOG / "00000001.seg", bytes(flipped))
        assert not verify(LOG, fs=disk).ok, at
    for cut in range(SECTOR, len(content), 61):
        disk.put(LOG / "00000001.seg", content[:cut])
        assert numbers(disk) == ([1] if cut >= FIXTURE.ends[0][0] else []), cut
