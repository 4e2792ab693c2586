"""What a crash can leave behind, and what else can be wrong with a folder of segments."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_devlog import DevLog, DevLogDamaged, DevLogExists, DevLogNotFound, DevLogReader, verify
from rusta_devlog.frames import encode_frame, genesis

NOW = "2024-01-01T00:00:00.000000Z"


def entry(number: int, size: int = 40) -> dict:
    return {"v": 1, "ts": NOW, "episode": "ep-1", "kind": "note", "data": {"n": number, "x": "x" * size}}  # fmt: skip


def make(folder: Path, count: int = 6, segment_bytes: int = 1600, log_id: str = "ep-1") -> list[Path]:
    """A closed log; two frames fit a segment."""
    with DevLog.create(folder, log_id, segment_bytes=segment_bytes) as log:
        for number in range(1, count + 1):
            log.append(entry(number))
    return sorted(folder.glob("*.seg"))


def numbers(folder: Path) -> list[int | None]:
    return [item.entry["data"].get("n") for item in DevLogReader(folder)]


def reopen(folder: Path) -> DevLog:
    return DevLog.open(folder, clock=lambda: NOW)


@pytest.mark.parametrize("tail", [b"garbage", b"\xf5RF\xff" * 200, bytes(700) + b"x", b"x" * 100_000])
def test_a_torn_end_is_kept_cut_off_and_told(tmp_path, tail):
    last = make(tmp_path / "log")[-1]
    size = last.stat().st_size
    last.write_bytes(last.read_bytes() + tail)
    report = verify(tmp_path / "log")
    assert not report.ok
    assert "unfinished" in report.first_problem.what
    assert numbers(tmp_path / "log") == [1, 2, 3, 4, 5, 6], "a reader passes over it"
    with reopen(tmp_path / "log") as log:
        [told] = log.recovered
        assert told["kind"] == "recovered"
        assert told["ts"] == NOW
        assert told["episode"] == "ep-1"
        assert told["data"]["file"] == last.name
        kept = tmp_path / "log" / told["data"]["kept_as"]
        assert told["data"]["offset"] == size
        assert kept.read_bytes() == tail
        assert told["data"]["bytes"] == kept.stat().st_size
        log.append(entry(7))
    assert numbers(tmp_path / "log") == [1, 2, 3, 4, 5, 6, None, 7]
    report = verify(tmp_path / "log")
    assert report.ok
    assert report.broken_files == (kept.name,)
    with reopen(tmp_path / "log") as log:
        assert log.recovered == (), "it is told once"


def test_a_half_written_frame_is_cut_off(tmp_path):
    last = make(tmp_path / "log")[-1]
    content = last.read_bytes()
    frame, _ = encode_frame("ep-1", 7, [b'{"n":7}'], genesis("ep-1"))
    last.write_bytes(content + frame[:60])
    with reopen(tmp_path / "log") as log:
        assert (tmp_path / "log" / log.recovered[0]["data"]["kept_as"]).read_bytes() == frame[:60]


@pytest.mark.parametrize("zeros", [1, 511, 512, 100_000])
def test_a_zeroed_end_is_no_loss(tmp_path, zeros):
    """A file system may fill the end of a file with zeros; so do we, ahead of the frames."""
    last = make(tmp_path / "log")[-1]
    last.write_bytes(last.read_bytes() + bytes(zeros))
    assert verify(tmp_path / "log").ok
    with reopen(tmp_path / "log") as log:
        assert log.recovered == ()
        log.append(entry(7))
    assert numbers(tmp_path / "log") == [1, 2, 3, 4, 5, 6, 7]
    assert list((tmp_path / "log").glob("*.broken")) == []


def test_a_second_tear_at_the_same_place_keeps_both(tmp_path):
    """The repair itself was cut off: after the copy, the announcement was torn, too."""
    last = make(tmp_path / "log")[-1]
    content = last.read_bytes()
    last.write_bytes(content + b"first")
    reopen(tmp_path / "log").close()
    last.write_bytes(content + b"second")
    with reopen(tmp_path / "log") as log:
        kept = sorted(told["data"]["kept_as"] for told in log.recovered)
    assert sorted((tmp_path / "log" / name).read_bytes() for name in kept) == [b"first", b"second"]
    assert verify(tmp_path / "log").ok


def test_a_repair_that_stopped_before_its_announcement_is_announced(tmp_path):
    last = make(tmp_path / "log")[-1]
    broken = last.with_name(f"{last.name}.1536.broken")
    broken.write_bytes(b"torn off")
    with reopen(tmp_path / "log") as log:
        assert log.recovered[0]["data"] == {
            "bytes": 8, "file": last.name, "offset": 1536, "kept_as": broken.name,
        }  # fmt: skip


@pytest.mark.parametrize("beginning", [b"", bytes(512), bytes(5000), b"\xf5RSTLOG\xff half a header"])
def test_an_unfinished_last_segment_is_dropped(tmp_path, beginning):
    make(tmp_path / "log")
    next_segment = tmp_path / "log" / "00000004.seg"
    next_segment.write_bytes(beginning)
    with reopen(tmp_path / "log") as log:
        assert not log.read_only
        assert len(log.recovered) == bool(beginning.strip(b"\0"))
        log.append(entry(7))
    assert [n for n in numbers(tmp_path / "log") if n] == [1, 2, 3, 4, 5, 6, 7]
    assert verify(tmp_path / "log").ok


@pytest.mark.parametrize("content", [b"", bytes(512), b"\xf5RSTLOG\xff"])
def test_a_log_whose_creation_crashed_can_be_created(tmp_path, content):
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "00000001.seg").write_bytes(content)
    (folder / "00000001.seg.99.tmp").write_bytes(b"left over")
    with pytest.raises(DevLogNotFound, match="create it"):
        DevLog.open(folder)
    with pytest.raises(DevLogNotFound):
        list(DevLogReader(folder))
    assert not verify(folder).ok
    with DevLog.create(folder, "ep-1") as log:
        log.append(entry(1))
    with reopen(folder) as log:
        assert log.head.seq == 1
    assert not list(folder.glob("*.tmp")), "what a crash left is swept away"


def damaged(folder: Path, last_good: int) -> DevLogDamaged:
    """The folder opens read-only, whoever reads it gets the right prefix and then the error, and nothing changes."""
    before = {path.name: path.read_bytes() for path in folder.glob("*.seg*")}
    found: list[int] = []
    with pytest.raises(DevLogDamaged):
        found.extend(item.seq for item in DevLogReader(folder))
    assert found == list(range(1, last_good + 1))
    with DevLog.open(folder) as log:
        assert log.read_only
        assert log.head.seq == last_good
        with pytest.raises(DevLogDamaged):
            log.put_blob(b"x")
        with pytest.raises(DevLogDamaged) as caught:
            log.append(entry(99))
    assert {path.name: path.read_bytes() for path in folder.glob("*.seg*")} == before
    with pytest.raises(DevLogExists):
        DevLog.create(folder, "ep-1")
    problem = verify(folder).first_problem
    assert (problem.file, problem.offset) == (caught.value.file, caught.value.offset)
    return caught.value


def test_a_missing_segment(tmp_path):
    make(tmp_path / "log")[1].unlink()
    error = damaged(tmp_path / "log", 2)
    assert "00000002.seg is missing" in str(error)


def test_a_missing_first_segment(tmp_path):
    make(tmp_path / "log")[0].unlink()
    assert "missing" in str(damaged(tmp_path / "log", 0))


def test_swapped_segments(tmp_path):
    _, second, third = make(tmp_path / "log")
    content = second.read_bytes()
    second.write_bytes(third.read_bytes())
    third.write_bytes(content)
    error = damaged(tmp_path / "log", 2)
    assert error.file == second.name
    assert "renamed" in str(error)


def test_a_segment_of_another_log(tmp_path):
    ours = make(tmp_path / "log")
    theirs = make(tmp_path / "other", log_id="ep-2")
    ours[2].write_bytes(theirs[2].read_bytes())
    error = damaged(tmp_path / "log", 4)
    assert "'ep-2'" in str(error)
    assert error.file == ours[2].name


def test_a_segment_of_the_same_log_with_another_history(tmp_path):
    ours = make(tmp_path / "log")
    with DevLog.create(tmp_path / "other", "ep-1", segment_bytes=1600) as log:
        for number in range(101, 107):
            log.append(entry(number))
    ours[2].write_bytes((tmp_path / "other" / ours[2].name).read_bytes())
    assert "another chain" in str(damaged(tmp_path / "log", 4))


def test_an_emptied_middle_segment(tmp_path):
    make(tmp_path / "log")[1].write_bytes(b"")
    damaged(tmp_path / "log", 2)


def test_a_shortened_middle_segment(tmp_path):
    second = make(tmp_path / "log")[1]
    second.write_bytes(second.read_bytes()[:-1024])
    damaged(tmp_path / "log", 2)


def test_a_repeated_frame(tmp_path):
    """A valid frame, but not the next one: nobody's torn write looks like that."""
    last = make(tmp_path / "log")[-1]
    content = last.read_bytes()
    last.write_bytes(content + content[512:1024])
    assert "does not follow" in str(damaged(tmp_path / "log", 6))


def test_bytes_lost_in_the_middle(tmp_path):
    """What follows no longer stands on a sector boundary, and is found all the same."""
    first = make(tmp_path / "log", segment_bytes=1 << 20)[0]
    content = first.read_bytes()
    first.write_bytes(content[:700] + content[703:])
    assert "entry 2 follows whole" in str(damaged(tmp_path / "log", 0))


def test_a_damaged_length_is_not_a_torn_end(tmp_path):
    first = make(tmp_path / "log", segment_bytes=1 << 20)[0]
    content = bytearray(first.read_bytes())
    content[1024 + 4 : 1024 + 8] = (60 << 20).to_bytes(4, "little")
    first.write_bytes(content)
    error = damaged(tmp_path / "log", 1)
    assert error.offset == 1024
