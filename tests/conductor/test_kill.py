"""kill -9 at every system call that writes, and at random times: nothing acknowledged is lost, nothing is done twice.

A warm child process is forked, so that a kill costs milliseconds. In the child, the calls that write (to the log, and
by the tools) are counted, and the child kills itself at the n-th: before it, or, for the log's own writes, in the
middle of it. The parent then looks at what is left.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor.domain import Result
from rusta_conductor.errors import UsageError
from rusta_conductor.testing.world import Stage
from rusta_devlog import DevLogNotFound, DevLogStore, verify
from rusta_schemas.canonical import canonical_bytes
from rusta_schemas.devlog import DevLogEntry, Done, Started

SCRIPT: dict[str, Any] = {
    "sense": [
        {"call": "look", "args": {"n": 1}},
        {"calls": [["look", {"n": 2}], ["push", {"n": 3}]]},
        {"random": 100},
    ],
    "plan": [{"do": [{"id": "candidate"}], "answer": "need_probe"}, {"answer": "ready"}],
    "probe": [[{"call": "push", "args": {"n": 4}}, {"call": "look", "args": {"n": 5, "size": 20000}}]],
    "validate": [{"do": [{"call": "build", "args": {"n": 6}}], "answer": "green"}],
    "reflect": [{"call": "look", "args": {"n": 9}}, {"decide": "risk", "value": {"n": 1}}],
    "remember": [{"call": "push", "args": {"n": 7}}],
}
PUSHES = 3
WRITES = ("pwrite", "fdatasync", "write")


@dataclass
class Seam:
    """Counts the calls that write in this process and kills it at number ``at``."""

    at: int
    torn: bool = False
    count: int = 0

    def install(self) -> None:
        for name in WRITES:
            setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.count += 1
            if self.count == self.at:
                if self.torn and name == "pwrite":
                    fd, data, offset = args
                    original(fd, data[: len(data) // 2], offset)
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)
            return original(*args)

        return call


def run_child(folder: Path, seam: Seam | None, resume: str | None = None) -> int:
    """Fork a child that runs the episode; gives its process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        acks = os.open(folder / "acks.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        write = os.write

        def acknowledge(entry: DevLogEntry) -> None:
            write(acks, canonical_bytes(entry.model_dump(mode="json")) + b"\n")

        here = Stage(folder)
        if seam is not None:
            seam.install()
        live = here.start(SCRIPT) if resume is None else here.resume(resume)
        for entry in live.entries:
            acknowledge(entry)
        live.session.episode.journal._observer = acknowledge
        live.run()
        if seam is not None:
            write(acks, b"")
            (folder / "count").write_text(str(seam.count))
        status = 0
    finally:
        os._exit(status)


def wait(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return status


def killed(folder: Path, seam: Seam | None, resume: str | None = None) -> None:
    status = wait(run_child(folder, seam, resume))
    assert os.WIFSIGNALED(status), f"the child was not killed, it ended with {status}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def episode_of(folder: Path) -> str | None:
    episodes = DevLogStore(folder / "home" / "devlog").episodes()
    assert len(episodes) <= 1
    return episodes[0] if episodes else None


def acknowledged(folder: Path) -> list[Any]:
    path = folder / "acks.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def check(folder: Path, whole: Result, *, torn: bool = False) -> bool:
    """What is left is whole, and going on ends the episode; False when it died before it was opened."""
    acks = acknowledged(folder)
    episode = episode_of(folder)
    here = Stage(folder)
    if episode is None:
        assert acks == []
        assert here.world.runs == []
        return False
    problems = verify(here.log(episode)).problems
    assert torn or not problems, "only a torn end may be left, and only by a death inside a write"
    assert all("torn end" in problem.advice for problem in problems), problems
    try:
        again = here.resume(episode)
    except (UsageError, DevLogNotFound) as error:
        if "has ended" in str(error):
            check_effects(here, episode)
        else:
            assert acks == [], "an acknowledged entry is gone"
            assert here.world.runs == []
        return False
    logged = [entry.model_dump(mode="json") for entry in here.entries(episode)]
    remaining: Iterator[Any] = iter(logged)
    assert all(any(ack == entry for entry in remaining) for ack in acks), "an entry is gone"
    finish = again.run()
    assert finish.parked is None, finish.parked
    assert finish.result == whole
    assert verify(here.log(episode)).ok
    check_effects(here, episode)
    runs = here.world.runs
    assert again.replay().ended
    assert here.world.runs == runs
    return True


def check_effects(here: Stage, episode: str) -> None:
    starts = here.events(episode, Started)
    ends = {done.key: done for done in here.events(episode, Done)}
    pushes = {start.key for start in starts if start.action.verb == "push"}
    assert len(pushes) == PUSHES
    assert sorted(here.world.pushed) == sorted(pushes), "every lasting effect exactly once"
    for key in {start.key for start in starts}:
        assert key in ends
        executions = here.world.executions(key)
        attempts = sum(start.key == key for start in starts)
        assert executions <= attempts
        if key in pushes:
            assert executions in (1, 2)  # 2: killed between its note of the run and its effect
        else:
            assert executions >= 1


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Result:
    finish = Stage(tmp_path_factory.mktemp("whole")).start(SCRIPT).run()
    assert finish.result is not None
    return finish.result


@pytest.fixture(scope="module")
def writes(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many writing system calls the undisturbed episode makes."""
    folder = tmp_path_factory.mktemp("count")
    assert wait(run_child(folder, Seam(at=0))) == 0
    return int((folder / "count").read_text())


def test_killed_at_every_write(tmp_path: Path, whole: Result, writes: int) -> None:
    """Before every write and sync, of the log and of the tools."""
    resumed = 0
    for at in range(1, writes + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        killed(folder, Seam(at))
        resumed += check(folder, whole)
    assert resumed >= 60


def test_killed_in_the_middle_of_a_write(tmp_path: Path, whole: Result, writes: int) -> None:
    """Half of a frame is on the disk."""
    torn = 0
    for at in range(1, writes + 1, 3):
        folder = tmp_path / str(at)
        folder.mkdir()
        killed(folder, Seam(at, torn=True))
        check(folder, whole, torn=True)
        torn += any((folder / "home").rglob("*.broken"))
    assert torn >= 3


def test_killed_again_while_resuming(tmp_path: Path, whole: Result, writes: int) -> None:
    """Deaths in a row: of the run, of its resumption, of the resumption of that."""
    source = random.Random(7)
    for number in range(8):
        folder = tmp_path / str(number)
        folder.mkdir()
        killed(folder, Seam(source.randrange(writes // 3, writes // 2)))
        episode = episode_of(folder)
        assert episode is not None
        for _ in range(3):
            killed(folder, Seam(source.randrange(1, 6)), resume=episode)
        here = Stage(folder)
        finish = here.resume(episode).run()
        assert finish.result == whole
        assert verify(here.log(episode)).ok
        starts = [s.key for s in here.events(episode, Started) if s.action.verb == "push"]
        assert sorted(here.world.pushed) == sorted(set(starts))


def test_killed_at_random_times(tmp_path: Path, whole: Result) -> None:
    """From outside, wherever it happens to be."""
    began = time.perf_counter()
    assert wait(run_child(tmp_path, None)) == 0
    length = time.perf_counter() - began
    source = random.Random(11)
    for number in range(12):
        folder = tmp_path / str(number)
        folder.mkdir()
        child = run_child(folder, None)
        time.sleep(source.uniform(0, length))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        if os.WIFSIGNALED(wait(child)):
            check(folder, whole)
