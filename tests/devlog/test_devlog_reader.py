"""Reading: from anywhere, while somebody writes, and of what is not whole."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rusta_devlog import (
    BlobError,
    DevLog,
    DevLogError,
    DevLogNotFound,
    DevLogReader,
    blob_references,
    verify,
)
from rusta_devlog.cursor import Ending
from rusta_devlog.reader import settled
from rusta_devlog.simulation import SimulatedDisk

LOG = Path("/logs/ep-1")


def entry(number: int, size: int = 100) -> dict:
    return {"kind": "note", "data": {"n": number, "x": "x" * size}}


def test_reading_begins_where_one_likes(tmp_path):
    with DevLog.create(tmp_path / "log", "ep-1", segment_bytes=2048) as log:
        log.append_group([entry(n) for n in range(1, 4)])
        for number in range(4, 12):
            log.append(entry(number))
        head = log.head
    reader = DevLogReader(tmp_path / "log")
    for start in range(1, 14):
        assert [item.seq for item in reader.entries(start)] == list(range(start, 12))
    assert reader.head() == head
    assert reader.log_id == "ep-1"


def test_a_cursor_goes_on_from_a_place_it_told(tmp_path):
    with DevLog.create(tmp_path / "log", "ep-1", segment_bytes=1600) as log:
        reader = DevLogReader(tmp_path / "log")
        place, seen = None, []
        for number in range(1, 10):
            log.append(entry(number))
            cursor = reader.cursor(place)
            seen += [frame.last_seq for frame in cursor.advance()]
            place = cursor.place
        assert seen == list(range(1, 10))
        assert place.seq == 9


def test_following_a_writer_across_segments(tmp_path):
    """Every entry once and in order, though the writer fills many segments meanwhile."""
    folder = tmp_path / "log"
    log = DevLog.create(folder, "ep-1", segment_bytes=2048)
    total = 300

    def write() -> None:
        for number in range(1, total + 1):
            log.append(entry(number, number % 900))
        log.append({"kind": "closed"})
        log.close()

    writer = threading.Thread(target=write)
    kinds = [""]
    follower = DevLogReader(folder).entries(follow=True, until=lambda: kinds[-1] == "closed", poll=0.001)
    writer.start()
    numbers = []
    for item in follower:
        kinds[-1] = item.entry["kind"]
        numbers.append(item.entry.get("data", {}).get("n"))
    writer.join()
    assert numbers == [*range(1, total + 1), None]


def test_checking_while_somebody_writes(tmp_path):
    """A look at a moving log never calls it damaged."""
    folder = tmp_path / "log"
    log = DevLog.create(folder, "ep-1", segment_bytes=4096)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            log.append(entry(number, number % 1500))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        reports = [verify(folder) for _ in range(40)]
    finally:
        stop.set()
        writer.join()
        log.close()
    assert [report.problems for report in reports] == [[]] * 40
    assert [report.entries for report in reports] == sorted(report.entries for report in reports)


def test_a_look_that_missed_a_frame_is_not_taken_for_damage():
    """The second look decides: the first saw the frame after the one that was still being written."""
    disk = SimulatedDisk()
    with DevLog.create(LOG, "ep-1", fs=disk) as log:
        for number in range(1, 4):
            log.append(entry(number))
    whole = disk.content(LOG / "00000001.seg")
    second = slice(1024, 1536)
    assert whole[second][:4] == b"\xf5RF\xff"
    disk.put(LOG / "00000001.seg", whole[:1024] + bytes(512) + whole[1536:])
    cursor = DevLogReader(LOG, fs=disk).cursor()
    frames = settled(cursor)
    assert next(frames).last_seq == 1
    look = cursor.diagnose

    def diagnose():
        found = look()
        disk.put(LOG / "00000001.seg", whole)
        return found

    cursor.diagnose = diagnose
    assert [frame.last_seq for frame in frames] == [2, 3]
    assert cursor.diagnose().ending is Ending.WHOLE


def test_there_is_no_log(tmp_path):
    with pytest.raises(DevLogNotFound, match="does not exist"):
        DevLogReader(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    reader = DevLogReader(tmp_path / "empty")
    with pytest.raises(DevLogNotFound):
        list(reader)
    with pytest.raises(DevLogError, match="id of the log"):
        _ = reader.log_id
    report = verify(tmp_path / "empty")
    assert "can be removed" in str(report.first_problem)


def test_blobs_are_checked(tmp_path):
    folder = tmp_path / "log"
    with DevLog.create(folder, "ep-1") as log:
        good, changed, gone = (log.put_blob(data) for data in (b"good", b"changed", b"gone"))
        for sha256 in (good, changed, gone):
            log.append({"kind": "done", "data": {"blob": sha256}})
        log.append({"kind": "done", "data": {"blob": None}})
    assert verify(folder).blobs == 3
    (folder / "blobs" / changed[:2] / changed[2:]).write_bytes(b"changeD")
    (folder / "blobs" / gone[:2] / gone[2:]).unlink()
    reader = DevLogReader(folder)
    assert reader.get_blob(good) == b"good"
    with pytest.raises(BlobError, match="damaged"):
        reader.get_blob(changed)
    with pytest.raises(BlobError, match="missing"):
        reader.get_blob(gone)
    report = verify(folder)
    assert [problem.what.split()[1] for problem in report.problems] == ["2", "3"]
    assert report.to_json()["ok"] is False
    with DevLog.open(folder) as log:  # storing it again heals it
        assert log.put_blob(b"changed") == changed
        assert log.put_blob(b"gone") == gone
    assert verify(folder).ok


@pytest.mark.parametrize("data", [None, [], {}, {"blob": 3}, {"blob": "A" * 64}, {"deeper": {"blob": "a" * 64}}])
def test_what_is_not_a_reference_to_a_blob(data):
    assert blob_references({"data": data}) == blob_references({}) == []
