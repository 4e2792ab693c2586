"""Replay, resume and fork of scripted episodes: whatever the script, the log is enough to go on from anywhere."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_conductor import sessions
from rusta_conductor.driver import Finish
from rusta_conductor.errors import UnknownOutcome, UsageError
from rusta_conductor.testing.live import LiveEpisode
from rusta_conductor.testing.world import Stage
from rusta_devlog import DevLogReader
from rusta_devlog.frames import align
from rusta_schemas.devlog import DevLogEntry, Done, Resumed, Started

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))

numbers = st.integers(0, 30)
calls = st.tuples(st.sampled_from(["look", "build", "push"]), st.builds(lambda n: {"n": n}, numbers))
operations = st.one_of(
    calls.map(lambda c: {"call": c[0], "args": c[1]}),
    st.lists(calls.map(list), min_size=2, max_size=3).map(lambda group: {"calls": group}),
    numbers.map(lambda n: {"decide": "thought", "value": {"n": n}}),
    st.just({"random": 1000}),
    st.just({"id": "candidate"}),
    st.just({"note": "a remark"}),
)
proof = st.lists(operations, max_size=1).map(lambda ops: [*ops, {"call": "build", "args": {"n": 1}}])
scripts = st.fixed_dictionaries(
    {
        "sense": st.lists(operations, min_size=1, max_size=3),
        "plan": st.lists(
            st.fixed_dictionaries(
                {
                    "do": st.lists(operations, max_size=1),
                    "answer": st.sampled_from(["ready", "need_probe", {"choose": ["ready", "need_probe", "give_up"]}]),
                }
            ),
            min_size=1,
            max_size=4,
        ),
        "probe": st.lists(st.lists(operations, max_size=2), max_size=2),
        "validate": st.lists(
            st.fixed_dictionaries({"do": proof, "answer": st.sampled_from([{"choose": ["green", "red"]}, "green"])}),
            min_size=1,
            max_size=2,
        ),
        "remember": st.lists(operations, max_size=1),
    }
)

SCRIPT: dict[str, Any] = {
    "sense": [
        {"call": "look", "args": {"n": 1}},
        {"random": 100},
        {"calls": [["look", {"n": 2}], ["push", {"n": 3}], ["build", {"n": 4}]]},
        {"note": "on the way"},
    ],
    "plan": [
        {"do": [{"decide": "thought", "value": {"deep": [1, {"x": "y"}]}}], "answer": "need_probe"},
        {"answer": "ready"},
    ],
    "probe": [[{"call": "push", "args": {"n": 5}}, {"call": "look", "args": {"n": 6, "size": 20000}}]],
    "validate": [{"do": [{"call": "build", "args": {"n": 7}}], "answer": "green"}],
    "remember": [{"id": "candidate"}, {"call": "look", "args": {"n": 8}}],
}


@contextmanager
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        yield Stage(Path(folder))


def same(left: Finish, right: Finish) -> None:
    """Two runs that ended, and the same way."""
    assert left.parked is None, left.parked
    assert right.parked is None, right.parked
    assert left.result == right.result


def frame_ends(log: Path) -> list[int]:
    return [align(frame.end) for frame in DevLogReader(log).frames()]


def push_started(log: Path) -> int:
    """The size of the log just after the first push was started."""
    for frame in DevLogReader(log).frames():
        if any(e["kind"] == "started" and b'"push"' in frame.payload for _, e in frame.entries()):
            return align(frame.end)
    raise AssertionError("nothing was pushed")


def cut(source: Stage, episode: str, size: int, target: Path) -> Stage:
    """What a process leaves that dies when its log has ``size`` bytes: log, blobs, and the world as it then was."""
    log = target / "home" / "devlog" / episode
    shutil.copytree(source.log(episode), log)
    segment = log / "00000001.seg"
    segment.write_bytes(segment.read_bytes()[:size])
    left = Stage(target)
    done = {event.key for event in left.events(episode, Done)}
    lines = [key for key in source.world.pushed if key in done]
    (left.world.folder / "world.txt").write_text("".join(f"{key}\n" for key in lines))
    return left


@FEW
@given(scripts, st.integers(0, 2**32))
def test_replay_runs_no_tool_and_reproduces_every_step(script: dict[str, Any], seed: int) -> None:
    with stage() as here:
        live = here.start(script, seed=seed)
        finish = live.run()
        assert finish.parked is None
        runs = here.world.runs
        report = live.replay()
        assert here.world.runs == runs, "a replay ran a tool"
        assert report.ended
        assert report.calls == len(here.events(live.id, Done))
        assert finish.result is not None
        assert report.outcome == finish.result.outcome


@FEW
@given(scripts, st.integers(0, 2**32), st.booleans())
def test_an_episode_can_be_cut_anywhere_and_resumed(script: dict[str, Any], seed: int, took_effect: bool) -> None:
    """After a kill at any frame: the same result, lasting effects exactly once, the others at least once."""
    with stage() as here:
        live = here.start(script, seed=seed)
        whole = live.run()
        for number, size in enumerate(frame_ends(here.log(live.id))[:-1]):
            left = cut(here, live.id, size, here.folder / f"cut-{number}")
            died_in = unfinished(left, live.id)
            pushing = [s for s in died_in if s.action.verb == "push"]
            if took_effect:
                with (left.world.folder / "world.txt").open("a") as world:
                    world.writelines(f"{call.key}\n" for call in pushing)
            again = left.resume(live.id)
            same(again.run(), whole)
            assert again.verify().ok
            check_effects(left, live.id, {call.key for call in died_in})
            assert again.replay().ended


def unfinished(left: Stage, episode: str) -> list[Started]:
    """The calls that were started and have no end."""
    done = {event.key for event in left.events(episode, Done)}
    return [event for event in left.events(episode, Started) if event.key not in done]


def check_effects(left: Stage, episode: str, died_in: set[str]) -> None:
    starts, ends = left.events(episode, Started), left.events(episode, Done)
    pushes = [s.key for s in starts if s.action.verb == "push" and s.attempt == 1]
    assert sorted(left.world.pushed) == sorted(pushes), "each lasting effect exactly once"
    assert len(ends) == len({end.key for end in ends})
    for start in starts:
        if start.attempt > 1:
            assert start.key in died_in
            assert start.attempt == 2
    for end in ends:
        if end.reconciled:
            assert end.key in died_in
            assert left.world.executions(end.key) == 0


def test_attempts_are_counted_over_several_deaths(tmp_path: Path) -> None:
    """A process that dies again and again in the same call leaves one start for each try."""
    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    whole = live.run()
    log = here.log(live.id)
    first = next(i for i, e in enumerate(here.entries(live.id)) if e.kind == "started")
    left = cut(here, live.id, frame_ends(log)[first], tmp_path / "b")
    for attempt in (2, 3, 4):
        again = left.resume(live.id)

        def die(*_: object) -> None:
            raise MemoryError("the process dies here")

        again.episode._perform = die  # type: ignore[method-assign, assignment]
        with pytest.raises(MemoryError):
            again.run()
        assert [s.attempt for s in left.events(live.id, Started)][-1] == attempt
    same(left.resume(live.id).run(), whole)


LIMITS = {"steps": (3, 50), "probes": (1, 50), "bytes": (600, 1e6)}


@pytest.mark.parametrize("resource", LIMITS)
def test_a_parked_episode_ends_as_if_it_had_had_the_budget_from_the_start(tmp_path: Path, resource: str) -> None:
    small, large = LIMITS[resource]
    here, there = Stage(tmp_path / "a"), Stage(tmp_path / "b")
    whole = here.start(SCRIPT, budget={resource: large}).run()
    live = there.start(SCRIPT, budget={resource: small})
    finish = live.run()
    assert finish.resource == resource
    assert finish.parked is not None
    assert f"--budget {resource}=" in finish.parked
    assert finish.result is not None
    assert finish.result.outcome == "partial"
    assert live.replay().ended is False
    again = live.resume()
    assert again.run().resource == resource, "the same budget runs out at the same place"
    same(again.resume({resource: large}).run(), whole)
    assert live.replay().ended
    assert len(there.world.pushed) == 2


def test_wall_time_parks_and_the_time_between_processes_is_free(tmp_path: Path) -> None:
    """The episode's clock is the log's; a day between two processes costs nothing."""
    here = Stage(tmp_path)
    live = here.start(SCRIPT, budget={"wall": 100})
    clock = Clock(live)
    live.session.episode.journal._clock = clock
    clock.step = 30
    finish = live.run()
    assert finish.resource == "wall"
    spent = live.episode.budget.spent["wall"]
    assert spent >= 100
    later = live.resume({"wall": 10_000})
    late = Clock(later, days=1)
    later.session.episode.journal._clock = late
    late.step = 1
    assert later.run().parked is None
    assert spent < later.episode.budget.spent["wall"] < spent + 3600
    read = sessions.read_recording(later.store.reader(live.id))
    assert read.active_us / 1e6 < spent + 3600
    assert later.replay().ended


class Clock:
    """A clock that goes on by ``step`` seconds at each look."""

    def __init__(self, live: LiveEpisode, days: int = 0) -> None:
        from datetime import datetime, timedelta

        self.now = datetime.fromisoformat(live.episode.journal._written_ts) + timedelta(days=days)
        self.step = 0.0

    def __call__(self) -> str:
        from datetime import timedelta

        self.now += timedelta(seconds=self.step)
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_the_time_before_a_repaired_log_is_free_too(tmp_path: Path) -> None:
    """A crash leaves a torn write; the repair's own entry comes hours later and is no activity."""
    here = Stage(tmp_path)
    live = here.start(SCRIPT, budget={"steps": 3})
    live.run()
    recording = sessions.read_recording(live.store.reader(live.id))
    with live.store.open(live.id) as log:
        log.append(
            {
                "v": 1, "ts": "2999-01-01T00:00:00.000000Z", "episode": live.id, "kind": "recovered",
                "data": {"bytes": 1, "file": "00000001.seg", "offset": 512, "kept_as": "x"},
            }
        )  # fmt: skip
    again = sessions.read_recording(live.store.reader(live.id))
    assert again.active_us == recording.active_us


def test_a_resumed_episode_decides_the_recorded_part_under_the_recorded_budget(
    tmp_path: Path,
) -> None:
    """A proposal that the old limits refused stays refused when the limits are raised later."""
    here = Stage(tmp_path)
    script = {
        "plan": [{"answer": "ready"}],
        "propose": [{"lines": 50}],
        "remember": [{"call": "look", "args": {"n": n}} for n in range(4)],
    }
    live = here.start(script, budget={"steps": 2, "lines": 40})
    assert live.run().resource == "steps"
    finish = live.resume({"steps": 10, "lines": 100}).run()
    assert finish.result is not None
    assert finish.result.outcome == "refused"
    assert live.replay().ended


def test_resumed_again_and_again(tmp_path: Path) -> None:
    here, there = Stage(tmp_path / "a"), Stage(tmp_path / "b")
    whole = here.start(SCRIPT).run()
    live = there.start(SCRIPT, budget={"steps": 1})
    live.run()
    finish = None
    for steps in range(4, 60, 3):
        finish = live.resume({"steps": steps}).run()
        if finish.parked is None:
            break
    assert finish is not None
    same(finish, whole)
    assert len(there.events(live.id, Resumed)) >= 2
    assert live.replay().ended
    with pytest.raises(UsageError, match="has ended"):
        live.resume()


def test_a_smaller_budget_is_refused(tmp_path: Path) -> None:
    live = Stage(tmp_path).start(SCRIPT, budget={"steps": 2})
    live.run()
    with pytest.raises(UsageError, match="smaller"):
        live.resume({"steps": 1})
    assert live.resume({"steps": 90}).run().parked is None, "a refused resumption lets go of the log"


@FEW
@given(scripts, st.integers(0, 2**32))
def test_a_fork_at_every_step_shares_the_past_and_ends_the_same(script: dict[str, Any], seed: int) -> None:
    """With the same tools and budget the fork's future is its parent's; the shared calls are not made again."""
    with stage() as here:
        live = here.start(script, seed=seed)
        whole = live.run()
        starts = here.events(live.id, Started)
        for step in range(len(starts)):
            before = len(here.world.runs)
            fork = live.fork(step)
            same(fork.run(), whole)
            opened = here.entries(fork.id)[0].data
            last = opened["parent_step"]
            assert opened["parent"] == live.id
            assert isinstance(last, int)
            assert last >= step
            assert len(here.world.runs) - before == len(starts) - 1 - last
            assert fork.verify().ok
            assert fork.replay().ended
            assert live.replay().ended


def test_calls_made_side_by_side_are_shared_together(tmp_path: Path) -> None:
    live = Stage(tmp_path).start(SCRIPT)
    live.run()
    steps = [live.fork(step).of_kind("opened")[0]["parent_step"] for step in range(5)]
    assert steps == [0, 3, 3, 3, 4]


def test_a_fork_with_a_larger_budget_goes_on_from_a_parked_parent(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    whole = here.start(SCRIPT).run()
    live = here.start(SCRIPT, budget={"steps": 5})
    live.run()
    fork = live.fork(4, {"steps": 100})
    same(fork.run(), whole)
    assert len(here.events(fork.id, Done)) == 8


@pytest.mark.parametrize("step", [-1, 8, 99])
def test_a_fork_needs_a_step_that_is_there(tmp_path: Path, step: int) -> None:
    live = Stage(tmp_path).start(SCRIPT)
    live.run()
    with pytest.raises(UsageError, match="step"):
        live.fork(step)


def test_a_fork_of_an_episode_without_calls_says_so(tmp_path: Path) -> None:
    live = Stage(tmp_path).start({"plan": [{"answer": "give_up"}]})
    live.run()
    with pytest.raises(UsageError, match="no finished step"):
        live.fork(0)


def test_a_fork_of_a_fork(tmp_path: Path) -> None:
    live = Stage(tmp_path).start(SCRIPT)
    whole = live.run()
    child = live.fork(4)
    same(child.run(), whole)
    grandchild = child.fork(5)
    same(grandchild.run(), whole)
    assert grandchild.of_kind("opened")[0]["parent"] == child.id


def test_an_interrupt_in_the_middle_parks_and_can_be_resumed(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    whole = here.start(SCRIPT).run()
    live = here.start(SCRIPT)
    seen = 0

    def interrupt_at_third(entry: DevLogEntry) -> None:
        nonlocal seen
        seen += entry.kind == "done"
        if seen == 3:
            live.episode.interrupt()

    live.session.episode.journal._observer = interrupt_at_third
    finish = live.run()
    assert finish.parked == "interrupted"
    assert live.replay().ended is False
    assert unfinished(here, live.id) == [], "nothing is started after an interrupt"
    same(live.resume().run(), whole)


def test_an_interrupt_during_the_replayed_part_writes_nothing(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    live = here.start(SCRIPT, budget={"steps": 6})
    live.run()
    again = live.resume({"steps": 50})
    before = here.entries(live.id)
    original = again.session.domain.sense

    def sense(episode: Any) -> None:
        original(episode)
        raise KeyboardInterrupt

    again.session.domain.sense = sense  # type: ignore[method-assign]
    assert again.run().parked == "interrupted"
    assert here.entries(live.id) == before
    assert again.resume({"steps": 50}).run().parked is None


def test_a_lasting_call_that_cannot_be_reconciled_is_never_repeated(tmp_path: Path) -> None:
    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    live.run()
    log = here.log(live.id)
    left = cut(here, live.id, push_started(log), tmp_path / "b")
    left.host.tools["push"] = dataclasses.replace(left.host.tools["push"], reconcile=None)
    for _ in range(2):
        with pytest.raises(UnknownOutcome, match="cannot tell"):
            left.resume(live.id).run()
    assert left.world.runs == []


def test_a_reconciler_that_fails_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    """An error while looking is not an answer, and must not stand in the log as the call's result."""
    from rusta_conductor.testing import reference

    here = Stage(tmp_path / "a")
    live = here.start(SCRIPT)
    whole = live.run()
    log = here.log(live.id)
    left = cut(here, live.id, push_started(log), tmp_path / "b")
    good = left.host.tools["push"]

    def broken(*_: object) -> None:
        raise OSError("the network share is away")

    left.host.tools["push"] = dataclasses.replace(good, reconcile=reference(broken))
    with pytest.raises(UnknownOutcome, match="share is away"):
        left.resume(live.id).run()
    left.host.tools["push"] = good
    same(left.resume(live.id).run(), whole)


def test_two_processes_cannot_have_one_episode(tmp_path: Path) -> None:
    from rusta_devlog import DevLogLocked

    here = Stage(tmp_path)
    live = here.start(SCRIPT)
    with pytest.raises(DevLogLocked):
        sessions.resume(here.host, here.home, live.id)
    live.close()
