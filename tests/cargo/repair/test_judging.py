"""How the answers of the test tools become verdicts: what is put off, what is asked alone, what is not asked at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from rusta_cargo.models import TestReport, VariantReport, VariantResult
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.judging import FIRST, TestJudge
from rusta_cargo.repair.project import Package, Project
from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.regression import TestOutcome
from rusta_cargo.repair.search import Node
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.tools.surroundings import Surroundings
from rusta_cargo.repair.toolset import CargoToolset
from rusta_cargo.repair.tree import BASE, TreeState
from rusta_cargo.repair.verdict import Verdict
from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.base import to_json
from rusta_schemas.diagnostic import Replacement
from rusta_schemas.observation import Observation, Status

SOURCE = b"pub fn f(a: u32, b: u32) -> u32 { a - b }\n\n// between\n\npub fn g(a: u32, b: u32) -> u32 { a * b }\n"
WANTED = "demo demo::works"


class Told:
    """An episode whose tools say what they are told to; it keeps what they were asked."""

    def __init__(self, states: Sequence[str] = (), status: Status = Status.OK) -> None:
        self.asked: list[Action] = []
        self.last_keys: tuple[str, ...] = ()
        self._states, self._status = list(states), status

    def call_many(self, actions: Sequence[Action]) -> list[Observation]:
        self.asked += actions
        self.last_keys = tuple(f"key{number}" for number in range(len(actions)))
        return [self._answer(action) for action in actions]

    def verbs(self) -> list[str]:
        return [action.verb for action in self.asked]

    def _answer(self, action: Action) -> Observation:
        if action.verb != "test_variants":
            report = TestReport(compiled=True, ok=True, passed=(WANTED,), command="cargo test", exit_code=0)
            return Observation(verb=action.verb, status=Status.OK, summary="fine", data=to_json(report))
        if self._status is not Status.OK:
            return Observation(verb=action.verb, status=self._status, summary="it took too long")
        count = len(cast(list[object], action.args["variants"]))
        told, self._states = self._states[:count], self._states[count:]
        results = tuple(_result(state) for state in told)
        report_of = VariantReport(results=results, builds=1, command="cargo test")
        return Observation(verb=action.verb, status=Status.OK, summary="done", data=to_json(report_of))


def _result(state: str) -> VariantResult:
    if state == "good":
        return VariantResult(status="ran")
    if state == "ran":
        return VariantResult(status="ran", failing=(WANTED,))
    return VariantResult.model_validate({"status": state})


def judge(told: Told, lanes: int = 1) -> TestJudge:
    around = Surroundings.model_construct(kind="crate", root="/x", start="", package=None, file=None, edition="2021")
    goal = RepairGoal(path="/x")
    base = Base(
        cast(Episode, told), goal, around, {"src/lib.rs": "0" * 64}, CargoToolset(goal, around),
        Project((Package("demo", "", "2021"),)), Verdict(True),
        TestOutcome(False, True, failed=(TestFailure(WANTED),)),
    )  # fmt: skip
    base._sources["src/lib.rs"] = SOURCE
    return TestJudge(cast(Episode, told), base, lanes)


def root() -> Node:
    verdict = Verdict(True, failing=(WANTED,))
    return Node(0, None, None, BASE, verdict, tests=TestOutcome(False, True, failed=(TestFailure(WANTED),)))


def trees(count: int) -> list[TreeState]:
    place = SOURCE.index(b"a - b")
    return [
        BASE.replace((Replacement(path="src/lib.rs", start=place, end=place + 5, text=f"a + {n}"),), lambda _: SOURCE)
        for n in range(count)
    ]


def test_verdicts_have_the_order_of_the_trees() -> None:
    told = Told(["ran", "good", "build"])
    found = judge(told).verdicts(root(), trees(3))
    assert [verdict and (verdict.ok, verdict.failing) for verdict in found] == [
        (True, (WANTED,)),
        (True, ()),
        (False, ()),
    ]
    assert told.verbs() == ["test_variants"]


def test_what_came_too_late_is_put_off() -> None:
    told = Told(["ran", "late", "late"])
    found = judge(told).verdicts(root(), trees(3))
    assert [verdict is None for verdict in found] == [False, True, True]


def test_a_build_that_takes_too_long_is_not_tried_one_by_one() -> None:
    told = Told(status=Status.TIMEOUT)
    found = judge(told).verdicts(root(), trees(2))
    assert [verdict and verdict.failure for verdict in found] == ["it took too long"] * 2
    assert told.verbs() == ["test_variants"]


@pytest.mark.parametrize("told", [Told(["apart", "ran"]), Told(status=Status.ERROR)], ids=["apart", "error"])
def test_what_no_build_can_hold_is_tested_alone(told: Told) -> None:
    found = judge(told).verdicts(root(), trees(2))
    assert told.verbs()[:2] == ["test_variants", "cargo_test"]
    assert found[0] is not None
    assert found[0].solved


def test_the_first_look_is_at_the_likeliest() -> None:
    told = Told(["ran"] * (2 * FIRST))
    it = judge(told, lanes=2)
    found = it.verdicts(root(), trees(FIRST + 2))
    assert [verdict is None for verdict in found] == [False] * FIRST + [True] * 2
    it.verdicts(root(), trees(FIRST))
    assert told.verbs() == ["test_variants"] * 3  # afterwards two at a time


def test_half_of_one_change_is_no_smaller_change() -> None:
    parts = [("*", SOURCE.index(b"- b")), ("-", SOURCE.index(b"* b"))]
    exchanged = tuple(Replacement(path="src/lib.rs", start=at, end=at + 1, text=new) for new, at in parts)
    tree = BASE.replace(exchanged, lambda _: SOURCE)
    told = Told(["good"])
    it = judge(told)
    it.verdicts(root(), [tree])
    edits = tree.edits(lambda _: SOURCE)
    assert len(edits) == 2
    assert it.pass_tests([edits[:1], edits[1:]], [WANTED]) == [False, False]
    assert told.verbs() == ["test_variants"]
    assert it.pass_tests([edits], [WANTED]) == [True]
    assert told.verbs() == ["test_variants", "cargo_test"]


def test_a_patch_of_several_steps_may_be_made_smaller() -> None:
    told = Told(["good"])
    it = judge(told)
    later = root()
    later.number, later.depth = 7, 1
    it.verdicts(later, trees(1))
    edits: Any = trees(1)[0].edits(lambda _: SOURCE)
    assert it.pass_tests([edits[:1]], [WANTED]) == [True]
