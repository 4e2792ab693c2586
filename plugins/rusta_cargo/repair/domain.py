"""The repair domain: senses a broken project, searches for a patch that compiles, proves it with the tests.

What the steps do
    sense      the tree's hashes, cargo's metadata, the errors; the tests too when it compiles
    plan       nothing to do, cannot be addressed, a candidate to propose, or more to search
    probe      one round of the search (:mod:`rusta_cargo.repair.search`)
    propose    the best tree that compiles, guarded and anchored
    validate   apply the edits in the sandbox, check, run the tests, compare with the tests of the base
    rollback   lay the base again and go on searching without the refuted candidate
    reflect    drop edits that are not needed; say the risk and the confidence
    remember   the draft of the patch bundle, or the evidence of an abstention
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import (
    GiveUp,
    Judgement,
    NeedProbe,
    Proposal,
    Ready,
    Result,
)
from rusta_conductor.episode import Episode
from rusta_conductor.errors import BudgetExhausted, ToolError
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.edits import Edit

from rusta_cargo.repair.abstaining import after_searching, before_searching
from rusta_cargo.repair.citing import Citations
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.guards import refusals
from rusta_cargo.repair.looking import Looker
from rusta_cargo.repair.patch import Patch, Proved, changes_of, size_of
from rusta_cargo.repair.regression import outcome_of, regression
from rusta_cargo.repair.results import abstained, nothing_to_do, partial, repaired
from rusta_cargo.repair.risk import RiskReport, assess
from rusta_cargo.repair.search import Node, Search
from rusta_cargo.repair.sensing import Base, sense_base
from rusta_cargo.repair.shrink import shrink
from rusta_cargo.repair.toolset import as_json, verdict_of
from rusta_cargo.repair.verdict import Verdict

_CHECKS = ("cargo_check", "rustc_probe")
_TESTS = ("cargo_test", "rustc_probe")
_LOOKED = tuple(
    Obligation(f"base checked before {signal}", signal, _CHECKS)
    for signal in ("need_probe", "ready", "proposed")
)
_PROVED = (
    Obligation("edits laid before green", "green", ("apply_edits",), since="proposed"),
    Obligation("checked before green", "green", _CHECKS, since="proposed"),
)
_TESTED = (
    Obligation("tested before green", "green", _TESTS, since="proposed"),
    Obligation("checked and tested before green", "green", (*_CHECKS, "cargo_test"), "proposed", 2),
)


class RepairDomain:
    """One repair. See the module's text."""

    name = "repair"
    tested = True

    def __init__(self) -> None:
        self._base: Base | None = None
        self._fault: str | None = None
        self._looker: Looker | None = None
        self._search: Search | None = None
        self._citations: Citations | None = None
        self._node: Node | None = None
        self._patch: Patch | None = None
        self._proved: Proved | None = None
        self._risk: RiskReport | None = None
        self._refuted: list[tuple[Node, str]] = []
        self._second_look = False

    def contract(self) -> Contract:
        return Contract(obligations=(*_LOOKED, *_PROVED, *(_TESTED if self.tested else ())))

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        from rusta_cargo.workspace import CargoWorkspace

        wanted = RepairGoal.model_validate(goal)
        return CargoWorkspace(wanted.path, home, lanes=wanted.lanes)

    # sense and plan -----------------------------------------------------------------------

    def sense(self, episode: Episode) -> None:
        goal = RepairGoal.model_validate(episode.goal)
        if goal.tests and not self.tested:
            goal = goal.model_copy(update={"tests": False})
        try:
            self._base = sense_base(episode, goal)
        except ToolError as error:
            self._fault = str(error)
            return
        self._citations = Citations(episode)
        self._looker = Looker(episode, self._base)
        if not self._base.verdict.ok:
            self._search = self._looker.search()

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        if self._base is None:
            return GiveUp("abstained", f"the target cannot be looked at: {self._fault}")
        answer = before_searching(self._base)
        if answer is not None:
            return answer
        assert self._search is not None
        if self._search.green() is not None:
            return Ready()
        if self._search.exhausted:
            return after_searching(self._base, self._search, self._refuted)
        return NeedProbe()

    def probe(self, episode: Episode) -> GiveUp | None:
        assert self._search is not None
        if self._search.green() is None:  # after a rollback another one may be waiting already
            episode.decide("search", self._search.round())
        return None

    # propose and validate -----------------------------------------------------------------

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        base, search = self._known()
        node = search.green()
        assert node is not None and self._citations is not None
        if not self._second_look:
            self._second_look = True
            again = self._check(episode, ())
            if again.ok:
                return GiveUp(
                    "fault",
                    "the unchanged tree compiles at a second look, so a repair would prove nothing; "
                    "delete the project's lanes in the state folder and try again",
                )
        steps = search.path(node)
        edits = node.tree.edits(base.read)
        anchors = self._citations.for_patch(
            base.verdict.errors, (key for step in steps for key in step.cites), base.verdict.key
        )
        patch = Patch(
            edits=edits,
            titles=tuple(step.title for step in steps),
            proposers=tuple(step.proposer for step in steps),
            priors=tuple(step.prior for step in steps),
            notes=tuple(dict.fromkeys(note for step in steps for note in step.risk)),
            anchors=anchors,
        )
        changes = changes_of(base, edits)
        refused = refusals(changes, base.project.roots)
        if refused:  # the search never keeps such a tree; this holds whatever a later search does
            search.refute(node)
            return GiveUp("refused", refused[0])
        self._node, self._patch = node, patch
        lines, files = size_of(changes)
        return Proposal(
            summary=patch.summary,
            lines=lines,
            files=files,
            anchors=anchors,
            payload={
                "edits": as_json(edits),
                "node": node.number,
                "steps": list(patch.titles),
                "proposers": list(patch.proposers),
            },
        )

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        assert self._patch is not None
        laid = episode.call(Action(verb="apply_edits", args={"edits": as_json(self._patch.edits)}))
        keys = list(episode.last_keys)
        if not laid.ok:
            return Judgement(False, f"the edits cannot be laid: {laid.summary}", tuple(keys))
        proved, why = self._prove(episode, self._patch.edits)
        keys.append(proved.verdict.key)
        if proved.tests is not None:
            keys.append(proved.tests.key)
        if why is not None:
            return Judgement(False, why, tuple(keys))
        self._proved = proved
        return Judgement(True, self._why_green(proved), tuple(keys))

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        _, search = self._known()
        assert self._node is not None
        episode.call(Action(verb="apply_edits", args={"edits": []}))
        search.refute(self._node)
        self._refuted.append((self._node, judgement.why))
        episode.note(f"candidate {self._node.number} is refuted: {judgement.why}")
        self._node = self._patch = self._proved = None
        return None

    # reflect and remember -----------------------------------------------------------------

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        base, _ = self._known()
        assert self._patch is not None and self._proved is not None
        try:
            self._make_smaller(episode)
        except BudgetExhausted:
            episode.note("the budget is used up; the proved patch is not made smaller")
        self._risk = assess(changes_of(base, self._patch.edits), self._patch.notes)

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        if given_up is None:
            base, _ = self._known()
            assert self._patch is not None and self._proved is not None and self._risk is not None
            return repaired(episode, base, self._patch, self._proved, self._risk)
        if given_up.outcome == "nothing_to_do":
            assert self._base is not None
            return nothing_to_do(given_up, self._base)
        return abstained(given_up, self._base, self._search, self._refuted)

    def partial(self, episode: Episode) -> Result | None:
        if self._base is None or self._search is None:
            return None
        return partial(self._base, self._search, self._refuted)

    # inside -------------------------------------------------------------------------------

    def _known(self) -> tuple[Base, Search]:
        assert self._base is not None and self._search is not None
        return self._base, self._search

    def _check(self, episode: Episode, edits: Iterable[Edit]) -> Verdict:
        base, _ = self._known()
        answer = episode.call(base.toolset.check(edits))
        return verdict_of(answer, episode.last_keys[0])

    def _prove(self, episode: Episode, edits: Sequence[Edit]) -> tuple[Proved, str | None]:
        """Check and test a tree; the reason why it is no repair, or None."""
        base, _ = self._known()
        verdict = self._check(episode, edits)
        if not verdict.ok:
            why = verdict.failure or "it does not compile when everything is checked again"
            return Proved(verdict, None), why
        if not base.goal.tests:
            return Proved(verdict, None), None
        answer = episode.call(base.toolset.test(edits))
        tests = outcome_of(answer, episode.last_keys[0])
        return Proved(verdict, tests), regression(base.tests, tests)

    def _why_green(self, proved: Proved) -> str:
        if proved.tests is None:
            return "it compiles; the tests were not run"
        flaky = f" (flaky: {', '.join(proved.tests.flaky)})" if proved.tests.flaky else ""
        return f"it compiles, and its tests say {proved.tests.summary}{flaky}"

    def _make_smaller(self, episode: Episode) -> None:
        base, _ = self._known()
        assert self._patch is not None and self._looker is not None
        smaller = shrink(self._patch.edits, self._looker.compiles, self._looker.batch)
        if len(smaller) == len(self._patch.edits):
            return
        changes = changes_of(base, smaller)
        proved, why = self._prove(episode, smaller)
        if why is None and not refusals(changes, base.project.roots):
            episode.decide("shrunk", {"edits": as_json(smaller)})
            self._patch = Patch(
                smaller,
                self._patch.titles,
                self._patch.proposers,
                self._patch.priors,
                self._patch.notes,
                self._patch.anchors,
            )
            self._proved = proved


class UntestedRepairDomain(RepairDomain):
    """Repair without running tests: what compiles counts as proved, and the confidence says so."""

    name = "repair_untested"
    tested = False
