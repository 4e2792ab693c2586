"""Lanes: who owns one, what stays warm, what a dead owner leaves, and file times across episodes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rusta_conductor
from rusta_conductor.sandbox import (
    Layout,
    Rung,
    SandboxError,
    SandboxRefused,
    acquire_lane,
    open_sandbox,
    sweep,
    take_lane,
)

SOURCES = Path(rusta_conductor.__file__).parents[1]


def test_two_owners_get_two_lanes(home: Path) -> None:
    """The first free number is taken; a released one is taken again, warm."""
    with acquire_lane(home, "demo") as one, acquire_lane(home, "demo") as two:
        assert (one.index, two.index) == (0, 1)
        (one.target / "warm").write_text("kept")
        (one.scratch / "cold").write_text("gone")
    with acquire_lane(home, "demo") as again:
        assert again.index == 0
        assert (again.target / "warm").read_text() == "kept"
        assert list(again.scratch.iterdir()) == []
        assert int((again.path / "lock").read_text()) == os.getpid()


@pytest.mark.parametrize("key", ["", ".", "..", "a/b", "-x", "ä", "x" * 101, ".hidden", "a\n"])
def test_odd_keys_are_refused(home: Path, key: str) -> None:
    """A key is one plain folder name."""
    with pytest.raises(SandboxRefused, match="name a lane"):
        take_lane(home, key)


def test_an_unwritable_home_is_named(tmp_path: Path) -> None:
    """The message says which folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="cannot make a lane in"):
        take_lane(tmp_path / "file", "demo")


def test_folders_are_private(home: Path) -> None:
    """Only the owner may look into a lane."""
    with acquire_lane(home, "demo") as lane:
        for path in (lane.path, lane.target, lane.scratch):
            assert path.stat().st_mode & 0o777 == 0o700


def test_sweep_leaves_held_lanes_alone(home: Path) -> None:
    """What is held stays as it is; what is free is cleaned."""
    lane = take_lane(home, "left")
    lane.lay()
    (lane.scratch / "junk").mkdir()
    lane.release()
    with acquire_lane(home, "held") as held:
        (held.scratch / "mine").write_text("x")
        report = sweep(home)
        assert report.held == ("held/0",)
        assert report.cleaned == ("left/0",)
        assert (held.scratch / "mine").exists()
    assert not lane.scratch.exists()
    assert lane.target.exists()


def test_sweep_does_not_touch_lanes_that_are_in_order(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number costs next to nothing: no lock is taken, no process is looked at."""
    for key in "abc":
        with acquire_lane(home, key) as lane:
            (lane.target / "data").write_bytes(b"x" * 100_000)
    touched: list[object] = []
    sweeping = sys.modules[sweep.__module__]
    monkeypatch.setattr(sweeping, "try_lock", touched.append)
    monkeypatch.setattr(sweeping, "_waiting_programs", lambda: touched.append("processes"))
    report = sweep(home)
    assert (report.cleaned, report.removed, report.held, touched) == ((), (), (), [])
    assert report.kept_bytes >= 300_000


def test_sweep_keeps_the_newest_targets(home: Path) -> None:
    """Over the cap the lanes used longest ago go whole, the others stay warm."""
    for number, key in enumerate(["old", "middle", "new"]):
        with acquire_lane(home, key) as lane:
            (lane.target / "data").write_bytes(b"x" * 100_000)
        os.utime(lane.path / "lock", (1000 + number, 1000 + number))
    report = sweep(home, max_bytes=250_000)
    assert report.removed == ("old/0",)
    assert 200_000 <= report.kept_bytes <= 250_000
    assert not (home / "lanes/old/0").exists()
    assert sweep(home, max_bytes=250_000).removed == ()
    assert sweep(home, max_bytes=0).removed == ("middle/0", "new/0")


def test_a_removed_lane_can_be_taken_again(home: Path) -> None:
    """The lock is on the folder that is there now, not on a removed one."""
    with acquire_lane(home, "demo"):
        pass
    sweep(home, max_bytes=-1)
    with acquire_lane(home, "demo") as lane, acquire_lane(home, "demo") as other:
        assert (lane.index, other.index) == (0, 1)


def test_kill_9_of_the_owner(home: Path, tree: Path, rung: Rung) -> None:
    """Everything that was started ends with its owner, and a sweep removes the rest."""
    mark = f"99{os.getpid()}"
    script = f"""
import sys
from pathlib import Path
from rusta_conductor.sandbox import *
with acquire_lane(Path({str(home)!r}), "demo") as lane:
    with open_sandbox(Layout(Path({str(tree)!r})), lane, Rung({str(rung)!r})) as sandbox:
        sandbox.set_tree({{"src/lib.rs": b"changed"}})
        sandbox.run(["sh", "-c", "setsid sleep {mark} & echo x >started; sleep {mark}"])
"""
    path = os.pathsep.join([str(SOURCES), *sys.path])
    env = {**os.environ, "PYTHONPATH": path}
    owner = subprocess.Popen([sys.executable, "-c", script], env=env)
    try:
        wait_for(lambda: running(mark) >= 2)
        assert sweep(home).held == ("demo/0",)
    finally:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    wait_for(lambda: running(mark) == 0)
    report = sweep(home)
    assert report.cleaned == ("demo/0",)
    left = {path.name for path in (home / "lanes/demo/0").iterdir()}
    assert left <= {"lock", "target", "state.json", "size"}
    assert (tree / "src/lib.rs").read_bytes() == b"pub fn one() -> u8 { 1 }\n"


def test_kills_at_any_moment(home: Path, tree: Path, rung: Rung) -> None:
    """Also while namespaces are being made: no command goes on, and after a sweep nothing is left."""
    mark = f"98{os.getpid()}"
    script = f"""
import sys
from pathlib import Path
from rusta_conductor.sandbox import *
with acquire_lane(Path({str(home)!r}), "demo") as lane:
    with open_sandbox(Layout(Path({str(tree)!r})), lane, Rung({str(rung)!r})) as sandbox:
        print(flush=True)
        while True:
            sandbox.run(["sh", "-c", "setsid sleep {mark} & sleep 0.01"])
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCES), *sys.path])}
    delays = random.Random(7)
    for _ in range(8):
        argv = [sys.executable, "-c", script]
        with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE) as owner:
            assert owner.stdout is not None
            owner.stdout.readline()
            time.sleep(delays.uniform(0, 0.06))
            owner.kill()
        wait_for(lambda: running(mark) == 0)
    time.sleep(0.2)
    sweep(home)
    wait_for(lambda: not any(str(home) in line for line in command_lines()))


def command_lines() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return lines


def test_sweep_ends_a_bwrap_that_lost_its_parent(home: Path) -> None:
    """One that waits for ever for its dead parent: ended if its lane is free, else left alone."""

    def waiting(scratch: Path) -> subprocess.Popen[bytes]:
        words = ["bwrap", "-c", "sleep 60; true", "--bind", str(scratch)]
        return subprocess.Popen(words, executable="/bin/sh")

    free = take_lane(home, "free")
    free.lay()
    free.release()  # as the death of its owner does
    with acquire_lane(home, "held") as held:
        lost, used = waiting(free.scratch), waiting(held.scratch)
        wait_for(lambda: sum("sleep 60; true" in line for line in command_lines()) >= 2)
        sweep(home)
        assert lost.wait(20) == -signal.SIGKILL
        assert used.poll() is None
        used.kill()
        used.wait()


def running(mark: str) -> int:
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        count += words[:2] == [b"sleep", mark.encode()]
    return count


def wait_for(condition: object, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


# times across episodes ------------------------------------------------------------------------


class Episodes:
    """Opens one sandbox after the other in the same lane and tells a file's time in each."""

    def __init__(self, home: Path, tree: Path, rung: Rung) -> None:
        self.home, self.tree, self.rung = home, tree, rung

    def __call__(self, overrides: dict[str, bytes | None], script: str = "true") -> dict[str, int]:
        layout = Layout(self.tree, hidden=("target", ".git"))
        with (
            acquire_lane(self.home, "demo") as lane,
            open_sandbox(layout, lane, self.rung) as sandbox,
        ):
            (lane.target / "built").write_text("something")
            first = self.times(sandbox)
            sandbox.set_tree(overrides)
            assert sandbox.run(["sh", "-c", script]).ok
            sandbox.changes()
        return first

    @staticmethod
    def times(sandbox: object) -> dict[str, int]:
        tree = sandbox._tree  # type: ignore[attr-defined]
        names = ["src/lib.rs", "src/other.rs", "Cargo.toml"]
        return {name: tree.locate(tuple(name.split("/")))[1].st_mtime_ns for name in names}


@pytest.fixture
def episodes(home: Path, tree: Path, rung: Rung) -> Episodes:
    return Episodes(home, tree, rung)


OLD = 1_000_000_000 * 10**9


def test_a_changed_file_is_fresh_in_the_next_episode(episodes: Episodes) -> None:
    """The target was built from the changed file; shown with its old time it would count as built."""
    start = time.time_ns()
    assert episodes({"src/lib.rs": b"broken"}) == dict.fromkeys(["src/lib.rs", "src/other.rs", "Cargo.toml"], OLD)
    second = episodes({})
    assert second["src/lib.rs"] > start
    assert second["src/other.rs"] == second["Cargo.toml"] == OLD


def test_a_file_that_went_back_keeps_its_time(episodes: Episodes) -> None:
    """Nothing is rebuilt for nothing: content and time are as the last build saw them."""
    episodes({"src/lib.rs": b"broken"})
    second = episodes({})
    third = episodes({})
    assert third == second
    assert third["src/lib.rs"] > OLD


def test_a_commands_own_change_counts(episodes: Episodes) -> None:
    """Also one made and undone within a single command."""
    script = "cp src/other.rs save; echo x >src/other.rs; cp save src/other.rs; rm save"
    episodes({}, script)
    second = episodes({})
    assert second["src/other.rs"] > OLD
    assert second["src/lib.rs"] == OLD


def test_an_edit_by_the_user_with_an_old_time(episodes: Episodes) -> None:
    """A restored backup has an old time and other content: it must count as changed."""
    start = time.time_ns()
    episodes({})
    path = episodes.tree / "src/lib.rs"
    path.write_bytes(b"restored from somewhere")
    os.utime(path, (500_000_000, 500_000_000))
    assert episodes({})["src/lib.rs"] > start


def test_after_a_crash_everything_is_fresh(episodes: Episodes) -> None:
    """Nothing is known about what a dead owner's builds saw."""
    start = time.time_ns()
    episodes({})
    state = episodes.home / "lanes/demo/0/state.json"
    state.write_text(state.read_text().replace('"open": false', '"open": true'))
    assert min(episodes({}).values()) > start


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"root": 1}', '{"root":"x","open":0}'])
def test_a_damaged_state_is_as_none(episodes: Episodes, damage: str) -> None:
    """Whatever stands in the file, the warm target is not trusted."""
    start = time.time_ns()
    episodes({})
    (episodes.home / "lanes/demo/0/state.json").write_text(damage)
    assert min(episodes({}).values()) > start


def test_another_tree_in_the_lane(episodes: Episodes, tmp_path: Path) -> None:
    """A lane's target says nothing about another root."""
    start = time.time_ns()
    episodes({})
    other = tmp_path / "other"
    (other / "src").mkdir(parents=True)
    for name in ("src/lib.rs", "src/other.rs", "Cargo.toml"):
        (other / name).write_text("x")
        os.utime(other / name, (1, 1))
    episodes.tree = other
    assert min(episodes({}).values()) > start
