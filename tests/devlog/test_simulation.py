"""The simulated disk is unkind in the ways it says, and kind in no other."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from rusta_devlog.fs import REAL, make_directories, read_all, write_all, write_durably
from rusta_devlog.simulation import Killed, SimulatedDisk

FILE = Path("/folder/file")


@pytest.fixture
def disk():
    disk = SimulatedDisk(seed=7)
    disk.make_directory(FILE.parent)
    disk.sync_directory(Path("/"))
    return disk


def create(disk, content=b"old" * 1000, *, durable=True) -> int:
    fd = disk.open(FILE, os.O_CREAT | os.O_RDWR)
    write_all(disk, fd, content, 0)
    if durable:
        disk.sync(fd)
        disk.sync_directory(FILE.parent)
    return fd


def test_what_is_synced_stays(disk):
    create(disk)
    for _ in range(20):
        disk.lose_power()
        assert disk.content(FILE) == b"old" * 1000


def outcomes(prepare, seeds=200) -> set:
    """Everything that can be found after a power loss."""
    found = set()
    for seed in range(seeds):
        disk = SimulatedDisk(seed)
        disk.make_directory(FILE.parent)
        disk.sync_directory(Path("/"))
        prepare(disk)
        disk.lose_power()
        found.add(disk.content(FILE) if disk.exists(FILE) else None)
    return found


def test_what_is_not_synced_may_be_anything():
    def prepare(disk):
        fd = create(disk, b"o" * 512)
        write_all(disk, fd, b"n" * 512, 0)

    found = outcomes(prepare)
    assert {b"o" * 512, b"n" * 512, bytes(512)} <= found
    assert len(found) > 3, "garbage, too"


def test_sectors_fare_separately_and_others_are_safe():
    def prepare(disk):
        fd = create(disk, b"o" * 2048)
        write_all(disk, fd, b"n" * 1024, 1024)

    found = outcomes(prepare)
    assert all(content[:1024] == b"o" * 1024 for content in found)
    assert any(b"n" in content and b"o" in content[1024:] for content in found)


def test_a_name_without_its_folders_sync_may_be_lost():
    assert outcomes(lambda disk: disk.sync(create(disk, durable=False))) == {None, b"old" * 1000}


def test_a_rename_happens_or_not():
    def prepare(disk):
        create(disk, b"old")
        other = FILE.with_name("other")
        fd = disk.open(other, os.O_CREAT | os.O_RDWR)
        write_all(disk, fd, b"new", 0)
        disk.sync(fd)
        disk.rename(other, FILE)

    assert outcomes(prepare) == {b"old", b"new"}


def test_after_a_failed_sync_another_one_means_nothing():
    def prepare(disk):
        fd = create(disk, b"o" * 512)
        write_all(disk, fd, b"n" * 512, 0)
        disk.fail_at(1)
        with pytest.raises(OSError, match="Input/output error"):
            disk.sync(fd)
        disk.sync(fd)
        assert disk.content(FILE) == b"n" * 512

    assert b"o" * 512 in outcomes(prepare)


def test_a_whole_file_is_put_in_place_or_not_at_all():
    """The helper that everything but appending uses, at every call of it."""
    for call in range(1, 8):
        for then in ("kill", "fail"):
            found = set()
            for seed in range(30):
                disk = SimulatedDisk(seed)
                disk.make_directory(FILE.parent)
                disk.sync_directory(Path("/"))
                create(disk, b"old" * 500)
                disk.kill_at(call) if then == "kill" else disk.fail_at(call)
                try:
                    write_durably(disk, FILE, b"new" * 600)
                    done = True
                except (OSError, Killed):
                    done = False
                disk.lose_power()
                found.add(disk.content(FILE))
                assert not done or disk.content(FILE) == b"new" * 600
            assert found <= {b"old" * 500, b"new" * 600}


def test_capacity(disk):
    disk.capacity = 1000
    fd = create(disk, b"x" * 900)
    with pytest.raises(OSError, match="No space left") as caught:
        write_all(disk, fd, b"y" * 200, 900)
    assert caught.value.errno == errno.ENOSPC
    assert disk.size(fd) == 1000, "as much as fits"
    write_all(disk, fd, b"z" * 1000, 0)


def test_locks(disk):
    one, two = (disk.open(FILE, os.O_CREAT | os.O_RDWR) for _ in range(2))
    assert disk.lock(one)
    assert not disk.lock(two)
    disk.close(one)
    assert disk.lock(two)


@pytest.mark.parametrize("kind", ["simulated", "real"])
def test_both_disks_answer_alike(kind, tmp_path):
    fs = SimulatedDisk() if kind == "simulated" else REAL
    root = Path("/") if kind == "simulated" else tmp_path
    folder = root / "a" / "b"
    make_directories(fs, folder)
    make_directories(fs, folder)
    assert fs.names(folder) == []
    with pytest.raises(FileExistsError):
        fs.make_directory(folder)
    with pytest.raises(FileNotFoundError):
        fs.open(folder / "x", os.O_RDONLY)
    with pytest.raises(FileNotFoundError):
        fs.names(folder / "x")
    for missing in (fs.unlink, lambda path: fs.rename(path, folder / "y")):
        with pytest.raises(FileNotFoundError):
            missing(folder / "x")
    write_durably(fs, folder / "x", b"0123456789")
    assert fs.names(folder) == ["x"]
    assert read_all(fs, folder / "x", 2) == b"23456789"
    assert read_all(fs, folder / "x", 2, 3) == b"234"
    assert read_all(fs, folder / "x", 20) == b""
    fd = fs.open(folder / "x", os.O_RDWR)
    fs.truncate(fd, 4)
    write_all(fs, fd, b"end", 6)
    fs.sync_data(fd)
    assert fs.size(fd) == 9
    fs.close(fd)
    assert read_all(fs, folder / "x") == b"0123\0\0end"
    fs.rename(folder / "x", folder / "y")
    fs.unlink(folder / "y")
    assert not fs.exists(folder / "y")
    with pytest.raises(OSError, match="not empty"):
        fs.remove_directory(folder.parent)
    fs.make_directory(folder / "z")
    fs.remove_directory(folder / "z")
    assert fs.names(folder) == []
    assert fs.exists(folder)
