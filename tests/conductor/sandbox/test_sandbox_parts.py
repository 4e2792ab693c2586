"""The small parts: capped output, the careful folder, disk usage, the seccomp program."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rusta_native
from rusta_conductor.sandbox import SandboxError, SandboxRefused, seccomp
from rusta_conductor.sandbox.capture import Capture
from rusta_conductor.sandbox.folder import Folder, empty_path, split
from rusta_conductor.sandbox.usage import disk_usage, population, task_count


@given(st.lists(st.binary(max_size=40), max_size=30), st.integers(0, 60))
def test_capture_keeps_head_and_tail(chunks: list[bytes], cap: int) -> None:
    """Everything up to the cap; beyond it the first and the last bytes and the exact loss."""
    capture = Capture(cap)
    for chunk in chunks:
        capture.add(chunk)
    whole = b"".join(chunks)
    value = capture.value()
    assert capture.total == len(whole)
    assert capture.truncated == (len(whole) > cap)
    if not capture.truncated:
        assert value == whole
        return
    head, tail = cap - cap // 2, cap // 2
    marker = f"\n[... {len(whole) - cap} bytes dropped ...]\n".encode()
    assert value == whole[:head] + marker + (whole[-tail:] if tail else b"")


def test_capture_memory_is_bounded() -> None:
    """A gigabyte passes through a kilobyte."""
    capture = Capture(1024)
    chunk = b"x" * 65536
    for _ in range(16384):
        capture.add(chunk)
    assert capture.total == 1 << 30
    assert sum(map(len, capture._tail)) <= 512 + 65536


@given(st.text())
def test_split_takes_one_spelling_only(path: str) -> None:
    """What it accepts joins to what was given, and never leads up or to the root."""
    try:
        parts = split(path)
    except SandboxRefused:
        return
    assert "/".join(parts) == path
    assert parts
    assert not {"", ".", ".."} & set(parts)


def test_folder_never_follows(tmp_path: Path) -> None:
    """Reading, writing and removing through a planted link fail or replace the link itself."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "f").write_text("outside")
    (inside / "d").symlink_to(outside)
    (inside / "l").symlink_to(outside / "f")

    def make(parent: int, name: str, prefix: tuple[str, ...]) -> None:
        os.unlink(name, dir_fd=parent)
        os.mkdir(name, dir_fd=parent)

    with Folder(inside, repair=True) as folder:
        assert folder.lstat(("d", "f")) is None
        for parts in (("d", "f"), ("l",)):
            with pytest.raises(OSError, match=r"."):
                folder.open_file(parts)
        assert not folder.remove(("d", "f"))
        folder.write(("d", "f"), iter([b"new"]), 0o644, 10**9, make)
        folder.write(("l",), iter([b"new"]), 0o644, 10**9, make)
        assert folder.remove(("l",))
    assert (outside / "f").read_text() == "outside"
    assert (inside / "d" / "f").read_text() == "new"
    assert (inside / "d" / "f").stat().st_mtime == 1


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """The new content is complete before it takes the name, and no scrap stays behind."""
    (tmp_path / "f").write_text("old")

    def broken() -> object:
        yield b"half"
        raise RuntimeError("source ended")

    with Folder(tmp_path) as folder, pytest.raises(RuntimeError):
        folder.write(("f",), broken(), 0o644, 1, lambda *_: None)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_text() == "old"


def test_empty_path_removes_anything(tmp_path: Path) -> None:
    """Depth beyond recursion and path length, odd names, closed folders, links."""
    place = tmp_path / "place"
    place.mkdir()
    here = os.open(place, os.O_RDONLY)
    for depth in range(1500):
        os.mkdir("d" * 30, dir_fd=here)
        if depth % 100 == 0:
            os.close(os.open(f"f{depth}", os.O_CREAT, dir_fd=here))
        below = os.open("d" * 30, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (place / "link").symlink_to(tmp_path)
    (place / "new\nline").mkdir()
    (place / "closed" / "inner").mkdir(parents=True)
    (place / "closed" / "inner").chmod(0)
    (place / "closed").chmod(0)
    (tmp_path / "kept").write_text("kept")
    empty_path(place)
    assert list(place.iterdir()) == []
    assert (tmp_path / "kept").read_text() == "kept"
    place.rmdir()
    place.symlink_to(tmp_path)
    empty_path(place)
    assert not place.is_symlink()
    assert (tmp_path / "kept").exists()


def test_disk_usage_counts_allocation_once(tmp_path: Path) -> None:
    """Hard links once, holes not at all, every entry something."""
    (tmp_path / "data").write_bytes(b"x" * 100_000)
    single = disk_usage([tmp_path])
    assert 100_000 <= single < 120_000
    (tmp_path / "same").hardlink_to(tmp_path / "data")
    assert disk_usage([tmp_path]) < single + 2000
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(10**9)
    assert disk_usage([tmp_path]) < single + 10_000
    for number in range(100):
        (tmp_path / f"empty{number}").touch()
    assert disk_usage([tmp_path]) >= single + 100 * 512
    assert disk_usage([tmp_path / "missing"]) == 0


def test_population_counts_descendants() -> None:
    """Children and grandchildren, with their memory."""
    assert task_count() > 0
    child = subprocess.Popen(["sh", "-c", "sleep 60 & echo; wait"], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    people = population(os.getpid())
    grandchildren = population(child.pid)
    assert child.pid in people.pids
    assert set(grandchildren.pids) <= set(people.pids)
    assert grandchildren.tasks == 1
    assert grandchildren.resident > 0
    for pid in (*grandchildren.pids, child.pid):
        os.kill(pid, 9)
    child.wait()
    child.stdout.close()


def run_filter(program: bytes, data: bytes) -> int:
    """A small interpreter of the instructions the filter uses."""
    steps = list(struct.iter_unpack("=HBBI", program))
    at = value = 0
    while True:
        code, yes, no, k = steps[at]
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, k)
        elif code == 0x06:
            return int(k)
        else:
            taken = {0x15: value == k, 0x35: value >= k, 0x45: value & k != 0}[code]
            at += yes if taken else no


def call(machine: str, number: int, *arguments: int) -> bytes:
    padded = [*arguments, *([0] * (6 - len(arguments)))]
    return struct.pack("=IIQ6Q", number, seccomp.AUDIT_ARCH[machine], 0, *padded)


@pytest.mark.parametrize("machine", sorted(seccomp.AUDIT_ARCH))
def test_the_filter_does_what_the_tables_say(machine: str) -> None:
    """Every listed call is refused, everything else passes, families are an allow-list."""
    program = seccomp.program(machine)
    column = 0 if machine == "x86_64" else 1
    special = {table[column] for table in (seccomp.CLONE, seccomp.SOCKET, seccomp.IOCTL)}
    refused = {numbers[column] for numbers in seccomp.REFUSED.values()}
    missing = {numbers[column] for numbers in seccomp.MISSING.values()}
    for number in range(500):
        verdict = run_filter(program, call(machine, number))
        if number in refused:
            assert verdict == seccomp.ERRNO | 1
        elif number in missing:
            assert verdict == seccomp.ERRNO | 38
        elif number not in special:
            assert verdict == seccomp.ALLOW
    for family in range(50):
        verdict = run_filter(program, call(machine, seccomp.SOCKET[column], family))
        expected = seccomp.ALLOW if family in seccomp.FAMILIES else seccomp.ERRNO | 13
        assert verdict == expected
    assert run_filter(program, call(machine, seccomp.CLONE[column], 0x10000000)) != seccomp.ALLOW
    assert run_filter(program, call(machine, seccomp.CLONE[column], 0x003D0F00)) == seccomp.ALLOW


@pytest.mark.parametrize("machine", sorted(seccomp.AUDIT_ARCH))
def test_the_launcher_assembles_the_same_program(machine: str) -> None:
    """Two implementations of one policy, byte for byte."""
    launcher = rusta_native.launcher_path()
    if launcher is None:
        pytest.skip("the native launcher is not built")
    argv = [launcher, "--print-filter", machine]
    assert subprocess.run(argv, capture_output=True, check=True).stdout == seccomp.program(machine)


def test_an_unknown_machine_has_no_filter() -> None:
    """Better no filter than wrong numbers; namespaces still hold."""
    assert seccomp.program("riscv64") == b""


def test_errors_are_the_packages() -> None:
    """One base to catch."""
    from rusta_conductor.errors import RustaError

    assert issubclass(SandboxError, RustaError)
    assert issubclass(SandboxRefused, SandboxError)
