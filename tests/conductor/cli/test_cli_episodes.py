"""``rusta episodes``, ``resume``, ``fork`` and ``replay`` on real episodes of a scripted domain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from rusta_conductor.cli.episode_list import goal_summary
from rusta_conductor.contract import Contract
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import resume as take_up
from rusta_conductor.sessions import start
from rusta_conductor.specs import DomainSpec, ToolSpec
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_devlog import DevLogStore
from rusta_schemas.action import Action
from rusta_schemas.effects import Effect


class Words(BaseModel):
    """Arguments of the tool ``count``."""

    model_config = ConfigDict(extra="forbid")
    text: str


def count(args: Words, context: ToolContext) -> ToolResult:
    """Count the words."""
    return ToolResult("counted", {"words": len(args.text.split())})


class Counting:
    """Probes ``goal["probes"]`` times, then proposes, abstains or does what ``goal["end"]`` says."""

    name = "counting"
    drift = 0

    def __init__(self) -> None:
        self.probed = 0

    def contract(self) -> Contract:
        return Contract(anchored=False)

    def workspace(self, goal: Any, home: Path) -> Any:
        import contextlib

        return contextlib.nullcontext()

    def _count(self, episode: Any) -> Any:
        return episode.call(Action(verb="count", args={"text": f"a b {self.probed}"}))

    def sense(self, episode: Any) -> None:
        self._count(episode)

    def plan(self, episode: Any) -> Any:
        if self.probed < episode.goal["probes"]:
            return NeedProbe()
        if episode.goal["end"] in ("done", "bundle"):
            return Ready()
        return GiveUp(episode.goal["end"], "nothing \x1b[31mto do")

    def probe(self, episode: Any) -> None:
        self.probed += 1
        self._count(episode)

    def propose(self, episode: Any) -> Proposal:
        return Proposal("three words", lines=3 + Counting.drift, files=1)

    def validate(self, episode: Any, proposal: Proposal) -> Judgement:
        seen = self._count(episode)
        return Judgement(seen.ok, "counted", episode.last_keys)

    def rollback(self, episode: Any, proposal: Any, judgement: Any) -> None:
        return None

    def reflect(self, episode: Any, proposal: Any, judgement: Any) -> None:
        return None

    def remember(self, episode: Any, given_up: GiveUp | None) -> Result:
        if given_up:
            return Result(given_up.outcome, given_up.reason)
        data = {"words": 3, "list": [1, 2]}
        if episode.goal["end"] == "bundle":
            data["bundle"] = episode.goal["draft"]
        return Result("done", "three words", data)

    def partial(self, episode: Any) -> Result:
        return Result("partial", f"{self.probed} probes so far")


class CountingPlugin:
    """Declares the domain and its tool."""

    @hookimpl
    def rusta_tools(self) -> Iterable[ToolSpec]:
        here = __name__
        cost = {"probes": 1.0}
        spec = ToolSpec("count", "Count words", Effect.READ, f"{here}:Words", f"{here}:count", cost=cost)
        return (spec,)

    @hookimpl
    def rusta_domains(self) -> Iterable[DomainSpec]:
        return (DomainSpec("counting", "Count", f"{__name__}:Counting"),)


@pytest.fixture
def counting(shell: Any, host: PluginHost) -> Any:
    host.register(CountingPlugin(), name="counting")
    return shell


def run(shell: Any, end: str = "done", probes: int = 1, **goal: Any) -> str:
    """Run an episode, with a budget of four probes; its id."""
    whole = {"path": "/some/where/a\x07b", "probes": probes, "end": end, **goal}
    with start(shell.host, shell.home, "counting", whole, budget={"probes": 4}, seed=1) as session:
        session.run()
        return session.episode.id


def test_no_episodes_are_said_to_be_none(shell: Any) -> None:
    done = shell("episodes")
    assert (done.exit_code, done.stdout) == (0, "no episodes\n")
    assert shell.json("episodes") == []


def test_episodes_tell_what_for_and_how_it_ended(counting: Any) -> None:
    ended, gave_up, parked = run(counting), run(counting, "abstained"), run(counting, probes=9)
    rows = {row["id"]: row for row in counting.json("episodes")}
    assert {row["domain"] for row in rows.values()} == {"counting"}
    assert (rows[ended]["state"], rows[ended]["outcome"], rows[ended]["calls"]) == (
        "closed",
        "done",
        3,
    )
    assert rows[gave_up]["outcome"] == "abstained"
    assert (rows[parked]["state"], rows[parked]["outcome"]) == ("parked", None)
    done = counting("episodes")
    assert done.exit_code == 0
    assert r"where/a\u0007b" in done.stdout
    assert "\x07" not in done.stdout
    only = counting.json("episodes", "--state", "parked")
    assert [row["id"] for row in only] == [parked]
    assert counting.json("episodes", "--domain", "other") == []
    assert "no such episodes" in counting("episodes", "--domain", "other").stdout
    assert "and 2 more" in counting("episodes", "-n", "1").stdout


def test_a_running_episode_is_told_from_one_whose_process_died(counting: Any) -> None:
    goal = {"path": "x", "probes": 1, "end": "done"}
    with start(counting.host, counting.home, "counting", goal) as session:
        (row,) = counting.json("episodes")
        assert (row["id"], row["state"]) == (session.episode.id, "running")
    (row,) = counting.json("episodes")
    assert row["state"] == "interrupted"


def test_without_an_index_the_logs_themselves_are_read(counting: Any) -> None:
    ids = [run(counting), run(counting, probes=9)]
    wanted = counting.json("episodes")
    index = counting.home.devlog / "index.sqlite"
    for file in counting.home.devlog.glob("index.sqlite*"):
        file.unlink()
    index.mkdir()
    done = counting("episodes", "--json")
    assert done.exit_code == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == wanted
    assert "the logs are not affected" in done.stderr
    assert sorted(ids) == sorted(row["id"] for row in wanted)


def test_a_damaged_log_is_listed_as_one(counting: Any) -> None:
    episode = run(counting)
    (segment,) = (counting.home.devlog / episode).glob("*.seg")
    data = bytearray(segment.read_bytes())
    data[1500] ^= 0xFF
    segment.write_bytes(data)
    done = counting("episodes")
    assert done.exit_code == 0
    assert episode in done.stdout


def test_resume_goes_on_where_the_budget_ran_out(counting: Any) -> None:
    episode = run(counting, probes=5)
    done = counting("resume", episode[:-3])
    assert done.exit_code == 3, "still too little"
    assert f"rusta resume {episode}" in done.stderr
    assert "partial: " in done.stdout
    done = counting("resume", episode, "--budget", "probes=40")
    assert done.exit_code == 0, done.output
    assert "done: three words" in done.stdout
    assert "words: 3" in done.stdout
    assert "list: [1, 2]" in done.stdout
    done = counting("resume", episode)
    assert done.exit_code == 2
    assert f"rusta fork {episode}" in done.stderr


def test_resume_as_json(counting: Any) -> None:
    episode = run(counting, probes=5)
    (told,) = counting.json("resume", episode, "--budget", "probes=40")
    assert told["episode"] == episode
    assert (told["outcome"], told["parked"], told["bundle"]) == ("done", None, None)
    assert told["data"]["words"] == 3


@pytest.mark.parametrize(("end", "code"), [("abstained", 10), ("refused", 1), ("nothing_here", 10), ("failed", 1)])
def test_how_an_episode_ended_is_the_exit_code(counting: Any, end: str, code: int) -> None:
    episode = run(counting, end, probes=5)
    done = counting("resume", episode, "--budget", "probes=40")
    assert done.exit_code == code
    assert end in done.stdout
    assert "\x1b" not in done.stdout


def test_a_domain_may_say_it_in_its_own_words(counting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def render(self: Counting, result: Result, console: Any) -> None:
        console.line(f"IN OTHER WORDS {result.outcome}")

    monkeypatch.setattr(Counting, "render", render, raising=False)
    monkeypatch.setattr(Counting, "exit_code", lambda self, result: 7, raising=False)
    episode = run(counting, probes=5)
    done = counting("resume", episode, "--budget", "probes=40")
    assert done.exit_code == 7
    assert "IN OTHER WORDS done" in done.stdout


def test_the_bundle_of_a_resumed_episode_is_sealed_and_kept(counting: Any, bundle_file: tuple[Path, Path]) -> None:
    draft = json.loads(bundle_file[0].read_text()) | {"log_head": "0" * 64, "seal": None}
    episode = run(counting, "bundle", probes=5, draft=draft)
    (told,) = counting.json("resume", episode, "--budget", "probes=40")
    sealed = json.loads(Path(told["bundle"]["path"]).read_text())
    reader = DevLogStore(counting.home.devlog).reader(episode)
    assert sealed["log_head"] == reader.head().sha256
    assert counting("apply", told["bundle"]["id"][:12]).exit_code == 0
    assert (bundle_file[1] / "a.txt").read_text() == "new\n"


def test_the_bundle_of_an_episode_is_found_by_the_episode(counting: Any, bundle_file: tuple[Path, Path]) -> None:
    """Its process may have died after the last entry and before the file: the log has it all."""
    draft = json.loads(bundle_file[0].read_text()) | {"log_head": "0" * 64, "seal": None}
    episode = run(counting, "bundle", draft=draft)
    assert not counting.home.bundles.exists()
    done = counting("apply", episode)
    assert done.exit_code == 0, done.output
    without = run(counting)
    done = counting("apply", without)
    assert done.exit_code == 2
    assert "made no bundle" in done.stderr


def test_fork_goes_its_own_way_from_a_step(counting: Any) -> None:
    episode = run(counting)
    (told,) = counting.json("fork", episode, "1")
    assert told["episode"] != episode
    assert told["outcome"] == "done"
    first = next(iter(DevLogStore(counting.home.devlog).reader(told["episode"]))).entry
    assert (first["data"]["parent"], first["data"]["parent_step"]) == (episode, 1)
    assert counting("fork", episode, "99").exit_code == 2
    assert counting("fork", episode, "one").exit_code == 2


def test_a_misspelt_budget_is_told_before_anything_is_done(counting: Any) -> None:
    episode = run(counting, probes=5)
    before = DevLogStore(counting.home.devlog).reader(episode).head()
    for text in ("probs=3", "probes", "probes=-1", "probes=much"):
        done = counting("resume", episode, "--budget", text)
        assert done.exit_code == 2
        assert "probes" in done.stderr
    assert DevLogStore(counting.home.devlog).reader(episode).head() == before


def test_replay_confirms_and_runs_no_tool(counting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = run(counting)
    before = sorted((p, p.stat().st_mtime_ns) for p in counting.home.devlog.rglob("*.seg"))

    def no_tool(*_: object) -> None:
        raise AssertionError("a tool was started")

    monkeypatch.setattr(f"{__name__}.count", no_tool)
    done = counting("replay", episode[:20])
    assert done.exit_code == 0, done.output
    assert f"episode {episode} (counting) came out the same to its end (done)" in done.stdout
    assert "3 calls answered from the log, no tool was run" in done.stdout
    (told,) = counting.json("replay", episode)
    assert told["ok"] is True
    assert told["calls"] == 3
    assert sorted((p, p.stat().st_mtime_ns) for p in counting.home.devlog.rglob("*.seg")) == before


def test_replay_of_a_parked_episode_goes_as_far_as_it_got(counting: Any) -> None:
    episode = run(counting, probes=9)
    done = counting("replay", episode)
    assert done.exit_code == 0, done.output
    assert "as far as it is recorded" in done.stdout


def test_a_changed_decision_shows_both_sides(counting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = run(counting)
    monkeypatch.setattr(Counting, "drift", 2)
    done = counting("replay", episode)
    assert done.exit_code == 5
    assert "$.value.lines" in done.stderr
    assert "recorded: 3" in done.stderr
    assert "replayed: 5" in done.stderr
    done = counting("replay", episode, "--json")
    assert done.exit_code == 5
    told = json.loads(done.stdout)
    assert (told["ok"], told["path"]) == (False, "$.value.lines")
    assert (told["recorded"], told["replayed"]) == (3, 5)
    done = counting("replay", episode, "--tolerance", "2")
    assert done.exit_code == 0
    assert "tolerated" in done.stdout


def test_replay_takes_an_exported_log_too(counting: Any, tmp_path: Path) -> None:
    episode = run(counting)
    file = tmp_path / "log.json"
    assert counting("devlog", "export", episode, "-o", file).exit_code == 0
    counting.home = type(counting.home)(tmp_path / "another-home")
    assert counting("replay", file).exit_code == 0
    file.write_text(file.read_text().replace("a b 1", "a b 2"))
    done = counting("replay", file)
    assert done.exit_code == 2
    assert "was changed" in done.stderr


@pytest.mark.parametrize("ref", ["nothing", "nothing.json", "./nothing"])
def test_replaying_what_is_not_there(shell: Any, ref: str) -> None:
    done = shell("replay", ref)
    assert done.exit_code == 2
    assert "nothing" in done.stderr


def test_goals_are_shown_in_a_few_words() -> None:
    assert goal_summary({"path": "/a/b/c/d", "n": 3, "on": True, "deep": {}, "do": "it"}) == "c/d it"
    assert goal_summary({"bundle": "ab" * 32}) == "abababababab"
    assert goal_summary("a  text\nof lines") == "a text of lines"
    assert goal_summary(None) == ""
    assert len(goal_summary({"text": "long " * 50})) == 48


def test_interrupting_parks_and_says_so(counting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    episode = run(counting, probes=5)

    def interrupt(self: Counting, episode: Any, proposal: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Counting, "validate", interrupt)
    done = counting("resume", episode, "--budget", "probes=40")
    assert done.exit_code == 130
    assert f"rusta resume {episode}" in done.stderr
    monkeypatch.undo()
    monkeypatch.setenv("RUSTA_HOME", str(counting.home.path))
    with take_up(counting.host, counting.home, episode) as session:
        finish = session.run()
    assert finish.result is not None
    assert finish.result.outcome == "done"
