"""The one door: what is logged when, what is refused, and what every kind of failure becomes."""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from rusta_conductor import calls, sessions
from rusta_conductor import episode as door
from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import Proposal
from rusta_conductor.driver import Driver
from rusta_conductor.errors import BudgetExhausted, Cancelled, GateRefused, UsageError
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import ToolSpec
from rusta_conductor.testing import reference
from rusta_conductor.testing.conformance import ToolsPlugin
from rusta_conductor.testing.live import LiveEpisode
from rusta_conductor.testing.world import ANYTHING, Ask, Stage
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_devlog import DevLogStore
from rusta_schemas.action import Action, idempotency_key
from rusta_schemas.devlog import DevLogEntry
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Status

# printf '["ep-1",0,"look",{"m":"ü","n":1}]' | sha256sum
FIXED_KEY = "4dfa42ac46e53f3544ecebfc7025a461e41c7860042bcb39d8b16b6ab3d25307"


@pytest.fixture
def live(tmp_path: Path) -> Iterable[LiveEpisode]:
    opened = Stage(tmp_path).start({})
    yield opened
    opened.close()


def tool(handler: Callable[[Any, ToolContext], Any], **changes: Any) -> ToolSpec:
    parts: dict[str, Any] = {"summary": "s", "effect": Effect.READ, "args": f"{Ask.__module__}:Ask"}
    return ToolSpec("try_it", **{**parts, **changes}, handler=reference(handler))


def test_the_key_is_the_same_everywhere_and_different_for_different_calls() -> None:
    """A fixed value: the keys in old logs must stay what they are."""
    action = Action(verb="look", args={"n": 1, "m": "ü"})
    assert idempotency_key("ep-1", 0, action) == FIXED_KEY
    others = [
        idempotency_key("ep-2", 0, action),
        idempotency_key("ep-1", 1, action),
        idempotency_key("ep-1", 0, Action(verb="build", args=action.args)),
        idempotency_key("ep-1", 0, Action(verb="look", args={"n": 2, "m": "ü"})),
        idempotency_key("ep-1", 0, Action(verb="look", args={"m": "ü", "n": 1})),
    ]
    assert len({*others[:4]}) == 4
    assert FIXED_KEY not in others[:4]
    assert others[4] == FIXED_KEY, "the order of the arguments does not matter"


def test_a_call_is_started_before_it_runs_and_done_after(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    seen: list[list[str]] = []

    def spy(_: Ask, context: ToolContext) -> ToolResult:
        seen.append([entry.kind for entry in here.entries(live.id)])
        return ToolResult("fine", {"key": context.key})

    here.host.register(ToolsPlugin(tool(spy)), name="spy")
    live = here.start({})
    observation = live.call("try_it", {"n": 1})
    live.close()
    assert seen == [["opened", "started"]], "durable before the handler runs"
    assert [e.kind for e in here.entries(live.id)] == ["opened", "started", "done"]
    started, done = live.of_kind("started")[0], live.of_kind("done")[0]
    assert started["key"] == done["key"] == observation.data["key"]
    assert started["key"] == idempotency_key(live.id, 0, Action(verb="try_it", args={"n": 1}))
    assert started["attempt"] == 1


def test_a_group_is_one_durable_start_and_keeps_its_order(live: LiveEpisode) -> None:
    actions = [Action(verb="look", args={"n": n}) for n in (5, 1, 9)]
    observations = live.episode.call_many(actions)
    assert [o.summary.split()[0] for o in observations] == ["5", "1", "9"]
    frames = [[entry["kind"] for _, entry in frame.entries()] for frame in live.store.reader(live.id).frames()]
    assert frames == [["opened"], ["started"] * 3, ["done"] * 3]
    keys = [entry["key"] for entry in live.of_kind("started")]
    assert keys == [entry["key"] for entry in live.of_kind("done")] == list(live.episode.last_keys)
    assert live.episode.call_many([]) == []


def test_the_calls_of_a_group_run_side_by_side(tmp_path: Path) -> None:
    """Both have to be inside at once for either to leave."""
    here, barrier = Stage(tmp_path), threading.Barrier(2, timeout=30)

    def meet(_: Ask, __: ToolContext) -> ToolResult:
        barrier.wait()
        return ToolResult("met")

    here.host.register(ToolsPlugin(tool(meet)), name="meet")
    live = here.start({})
    live.episode._workers = 2
    group = [Action(verb="try_it", args={"n": n}) for n in range(2)]
    assert all(o.ok for o in live.episode.call_many(group))
    live.close()


@pytest.mark.parametrize(
    ("verb", "args", "gate", "words"),
    [
        ("look", {}, "schema", "n: Field required"),
        ("look", {"n": "five"}, "schema", "look: n:"),
        ("look", {"n": True}, "schema", "look: n:"),
        ("look", {"n": 1, "extra": 2}, "schema", "extra"),
        ("look", {"n": 1, "fail": "\ud800"}, "schema", "surrogates"),
        ("look", {"n": float("nan")}, "schema", "look"),
        ("device", {"n": 1}, "effect", "'device' is not in the contract"),
    ],
)
def test_a_refused_call_is_a_row_and_runs_nothing(
    tmp_path: Path, verb: str, args: dict[str, Any], gate: str, words: str
) -> None:
    here = Stage(tmp_path)
    device = dataclasses.replace(here.host.tools["look"], verb="device", effect=Effect.DEVICE)
    here.host.register(ToolsPlugin(device), name="device")
    live = here.start({})
    with pytest.raises(GateRefused, match=re.escape(words)) as error:
        live.episode.call_many([Action(verb="look", args={"n": 1}), Action(verb=verb, args=args)])
    live.close()
    assert error.value.gate == gate
    [row] = live.of_kind("refused")
    assert (row["gate"], row["state"]) == (gate, "sense")
    assert words in str(row["why"])
    assert here.world.runs == []
    assert live.of_kind("started") == []
    assert live.verify().ok


def test_nothing_can_be_called_after_the_end(tmp_path: Path) -> None:
    live = Stage(tmp_path).start({})
    live.session.run()
    with pytest.raises(GateRefused, match="over"):
        live.call("look", {"n": 1})
    live.close()


def test_an_unknown_verb_is_named(live: LiveEpisode) -> None:
    with pytest.raises(UsageError, match="did you mean 'look'"):
        live.call("loook", {"n": 1})


@pytest.mark.parametrize(
    ("fail", "status", "words"),
    [
        ("error", Status.ERROR, "could not do its work"),
        ("timeout", Status.TIMEOUT, "ran too long"),
        ("raise", Status.ERROR, "RuntimeError: a fault of two lines ?"),
        ("exit", Status.ERROR, "SystemExit"),
        ("cancel", Status.ERROR, "gave up by itself"),
    ],
)
def test_every_way_to_fail_is_an_observation(live: LiveEpisode, fail: str, status: Status, words: str) -> None:
    seen = live.call("look", {"n": 1, "fail": fail})
    assert seen.status is status
    assert words in seen.summary
    assert "\n" not in seen.summary
    assert live.call("look", {"n": 2}).ok, "the episode goes on"
    assert live.verify().ok


def recursive() -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(200):
        value = {"deeper": value}
    return value


@pytest.mark.parametrize(
    "result",
    [
        None, "text", ToolResult("s", {"x": float("nan")}), ToolResult("s", {"x": "\ud800"}),
        ToolResult("s", {"x": b"bytes"}), ToolResult("s", {1: 2}), ToolResult("s", ["list"]),
        ToolResult("s", recursive()), ToolResult("s", {"x": (1, 2)}), ToolResult("s", {"x": {3}}),
    ],
    ids=str,
)  # fmt: skip
def test_a_result_that_cannot_be_written_down_is_the_tool_s_error(tmp_path: Path, result: Any) -> None:
    here = Stage(tmp_path)
    here.host.register(ToolsPlugin(tool(lambda args, context: result)), name="odd")
    live = here.start({})
    seen = live.call("try_it", {"n": 1})
    live.close()
    assert seen.status is Status.ERROR
    assert live.verify().ok
    assert len(here.entries(live.id)) == 3


def test_a_handler_that_cannot_be_imported_is_an_observation(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    spec = dataclasses.replace(here.host.tools["look"], verb="gone", handler="no_such_module:f")
    here.host.register(ToolsPlugin(spec), name="gone")
    live = here.start({})
    seen = live.call("gone", {"n": 1})
    live.close()
    assert seen.status is Status.ERROR
    assert "no_such_module" in seen.summary


@pytest.mark.parametrize("size", [0, 16_000, 17_000, 1_000_000])
def test_a_large_output_is_a_blob(tmp_path: Path, size: int) -> None:
    here = Stage(tmp_path)
    live = here.start({})
    seen = live.call("look", {"n": 1, "size": size})
    [done] = live.of_kind("done")
    live.close()
    large = len(str(seen.data["padding"])) > door.BLOB_OVER - 300
    assert (done["blob"] is not None) == large
    assert (done["output"] is None) == large
    again = live.resume()
    assert again.call("look", {"n": 1, "size": size}) == seen, "answered from the log"
    again.close()
    assert len(here.world.runs) == 1
    assert live.verify().ok


def test_the_budget_is_asked_before_anything_happens(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    live = here.start({}, budget={"probes": 1, "steps": 5})
    group = [Action(verb="build", args={"n": n}) for n in range(2)]
    with pytest.raises(BudgetExhausted, match="probes"):
        live.episode.call_many(group)
    assert here.world.runs == []
    assert live.episode.budget.spent.get("steps", 0) == 0
    live.call("build", {"n": 1})
    with pytest.raises(BudgetExhausted):
        live.call("build", {"n": 1})
    assert live.call("look", {"n": 1}).ok, "other tools still have budget"
    assert live.episode.budget.spent["steps"] == 2
    live.close()


class Slow:
    """A tool that waits until it is told to stop, and may not listen."""

    def __init__(self, listens: bool) -> None:
        self.listens, self.began, self.release = listens, threading.Event(), threading.Event()

    def __call__(self, args: Ask, context: ToolContext) -> ToolResult:
        self.began.set()
        (context.cancel if self.listens else self.release).wait(60)
        raise Cancelled("stopped")


@pytest.mark.parametrize("listens", [True, False])
def test_a_deadline_gives_a_timeout_not_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    monkeypatch.setattr(calls, "GRACE_S", 0.2)
    here, slow = Stage(tmp_path), Slow(listens)
    here.host.register(ToolsPlugin(tool(slow, timeout_s=0.1)), name="slow")
    live = here.start({})
    seen = live.call("try_it", {"n": 1})
    slow.release.set()
    live.close()
    assert seen.status is Status.TIMEOUT
    assert ("did not stop" in seen.summary) is not listens
    assert len(live.of_kind("done")) == 1


@pytest.mark.parametrize("listens", [True, False])
@pytest.mark.parametrize("together", [1, 2])
def test_an_interrupt_reaches_running_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool, together: int
) -> None:
    monkeypatch.setattr(calls, "GRACE_S", 0.2)
    here, slow = Stage(tmp_path), Slow(listens)
    here.host.register(ToolsPlugin(tool(slow)), name="slow")
    live = here.start({})

    def interrupt() -> None:
        slow.began.wait(60)
        live.episode.interrupt()

    helper = threading.Thread(target=interrupt)
    helper.start()
    group = [Action(verb="try_it", args={"n": n}) for n in range(together)]
    with pytest.raises(Cancelled, match="rusta resume"):
        live.episode.call_many(group)
    helper.join()
    slow.release.set()
    assert live.of_kind("done") == [], "it is made again after a resume"
    with pytest.raises(Cancelled):
        live.call("look", {"n": 1})
    assert len(live.of_kind("started")) == together, "nothing is started after an interrupt"
    live.close()


def test_a_workspace_that_cannot_be_laid_leaves_no_started_call(tmp_path: Path) -> None:
    """A lasting call that is logged as started may never be repeated; so nothing is, before it can be made."""
    here = Stage(tmp_path)
    live = here.start({})

    def fail() -> object:
        raise OSError("no room for a sandbox")

    live.episode._workspace = fail
    with pytest.raises(OSError, match="no room"):
        live.call("push", {"n": 1})
    assert live.of_kind("started") == []
    again = live.resume()
    assert again.call("push", {"n": 1}).ok
    again.close()
    assert len(here.world.pushed) == 1


def test_fire_logs_every_verdict_also_when_it_refuses(tmp_path: Path) -> None:
    duties = (Obligation("looked first", "sensed", verbs=("look",)),)
    here = Stage(tmp_path, dataclasses.replace(ANYTHING, obligations=duties))
    live = here.start({})
    with pytest.raises(GateRefused, match="looked first"):
        live.episode.fire("sensed")
    assert live.episode.state == "sense"
    live.call("look", {"n": 1, "fail": "error"})
    with pytest.raises(GateRefused):
        live.episode.fire("sensed")
    live.call("look", {"n": 1})
    assert live.episode.fire("sensed") == "plan"
    rows = live.of_kind("transition")
    assert [row["ok"] for row in rows] == [False, False, True]
    assert all(row["verdicts"] for row in rows)
    with pytest.raises(UsageError, match="not known in state"):
        live.episode.fire("green")
    assert len(live.of_kind("transition")) == 3
    live.close()


def test_a_contract_that_says_no_ends_the_episode_in_good_order(tmp_path: Path) -> None:
    """A policy that is ready without having probed is told so, and gives up."""
    duties = (Obligation("probe before proposing", "ready", verbs=("build",)),)
    here = Stage(tmp_path, dataclasses.replace(ANYTHING, obligations=duties))
    finish = here.start({"plan": [{"answer": "ready"}]}).run()
    assert finish.result is not None
    assert finish.result.outcome == "refused"
    assert "probe before proposing" in finish.result.summary


@pytest.mark.parametrize(
    ("script", "contract", "words"),
    [
        ({"propose": [{"lines": 41}]}, ANYTHING, "41 of 40 lines"),
        ({"propose": [{"files": 7}]}, ANYTHING, "7 of 6 files"),
        ({}, Contract(anchored=True), "0 anchor"),
    ],
)
def test_a_proposal_beyond_the_gates_is_refused(
    tmp_path: Path, script: dict[str, Any], contract: Contract, words: str
) -> None:
    here = Stage(tmp_path, contract)
    finish = here.start({"plan": [{"answer": "ready"}], **script}).run()
    assert finish.result is not None
    assert finish.result.outcome == "refused"
    assert words in finish.result.summary


def test_a_proof_without_calls_is_no_proof(tmp_path: Path) -> None:
    """The domain says green, names no call, and is rolled back."""
    here = Stage(tmp_path)
    live = here.start({"plan": [{"answer": "ready"}], "validate": [{"answer": "green"}]})
    finish = live.run()
    assert finish.result is not None
    assert finish.result.outcome == "script_ended"
    signals = [(row["signal"], row["ok"]) for row in live.of_kind("transition")]
    assert ("green", False) in signals
    assert signals.index(("green", False)) < signals.index(("red", True))


def test_the_payload_cannot_hide_a_proposal_s_size(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    live = here.start({"plan": [{"answer": "give_up"}]})
    driver = Driver(live.episode, live.session.domain)
    lying = Proposal("s", lines=99, files=1, payload={"lines": 1, "summary": "small", "more": 2})
    live.session.domain.propose = lambda episode: lying  # type: ignore[method-assign]
    for signal in ("sensed", "ready"):
        live.episode.fire(signal)
    driver._propose()
    live.close()
    [value] = [row["value"] for row in live.of_kind("decision") if row["topic"] == "proposal"]
    assert value == {"lines": 99, "files": 1, "summary": "s", "anchors": [], "more": 2}


def test_time_randomness_and_ids_come_from_the_episode(tmp_path: Path) -> None:
    here = Stage(tmp_path)
    one, two = here.start({}, seed=5), here.start({}, seed=5)
    assert [one.episode.new_id("x") for _ in range(3)] == [two.episode.new_id("x") for _ in range(3)]
    assert one.episode.random.random() == two.episode.random.random()
    assert one.episode.now() == one.entries[0].ts
    one.call("look", {"n": 1})
    assert one.episode.now() == one.entries[-1].ts
    time.sleep(0.002)
    assert one.episode.now() == one.entries[-1].ts, "its time stands still between entries"
    one.episode.note("later")
    assert one.episode.now() < one.entries[-1].ts, "a remark does not move it"
    one.close()
    two.close()


def test_events_are_told_after_they_are_durable(tmp_path: Path) -> None:
    here, told = Stage(tmp_path), []

    class Listener:
        @hookimpl
        def rusta_entry(self, entry: DevLogEntry) -> None:
            told.append(entry.kind)
            assert here.entries(entry.episode)[-1].ts >= entry.ts
            assert len(here.entries(entry.episode)) >= len(told)

        @hookimpl
        def rusta_episode_opened(self, entry: DevLogEntry) -> None:
            self.opened = entry

        @hookimpl
        def rusta_episode_closed(self, entry: DevLogEntry) -> None:
            self.closed = entry

    listener = Listener()
    here.host.register(listener, name="listener")
    live = here.start({"sense": [{"call": "look", "args": {"n": 1}}]})
    live.run()
    assert told == [entry.kind for entry in here.entries(live.id)]
    assert (listener.opened.kind, listener.closed.kind) == ("opened", "closed")
    assert here.host.problems == []


def test_a_failed_start_lets_go_of_the_log(tmp_path: Path) -> None:
    here = Stage(tmp_path)

    def stop(entry: DevLogEntry) -> None:
        raise RuntimeError("the observer is broken")

    with pytest.raises(RuntimeError):
        sessions.start(here.host, here.home, "scripted", {}, observer=stop)
    store = DevLogStore(here.home.devlog)
    store.open(store.episodes()[0]).close()


def test_the_workspace_is_entered_once_and_never_in_a_replay(tmp_path: Path) -> None:
    entered: list[int] = []
    here = Stage(tmp_path)
    script = {"sense": [{"call": "look", "args": {"n": 1}}, {"call": "look", "args": {"n": 2}}]}
    live = here.start(script)
    original = live.session.domain.workspace

    def count(goal: Any, home: Path) -> Any:
        entered.append(1)
        return original(goal, home)

    live.session.domain.workspace = count  # type: ignore[method-assign]
    live.run()
    live.replay()
    assert entered == [1]
