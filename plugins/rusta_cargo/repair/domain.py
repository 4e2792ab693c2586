"""The repair domain: senses a project that does not compile or fails its tests, searches for a patch, proves it.

What the steps do
    sense      the tree's hashes, cargo's metadata, the errors; the tests too when it compiles
    plan       nothing to do, cannot be addressed, a candidate to propose, or more to search
    probe      one round of the search (:mod:`rusta_cargo.repair.search`)
    propose    the best tree that compiles (and passes the failing tests), guarded and anchored
    validate   apply the edits in the sandbox, check, run the tests, compare with the tests of the base
    rollback   lay the base again and go on searching without the refuted candidate
    reflect    drop edits that are not needed; say the risk and the confidence
    remember   the draft of the patch bundle, or the evidence of an abstention
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_cargo.repair.abstaining import after_searching, before_searching
from rusta_cargo.repair.asking import question
from rusta_cargo.repair.broken_tests import broken_tests
from rusta_cargo.repair.citing import Citations
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.guards import Change, refusals
from rusta_cargo.repair.looking import Looker
from rusta_cargo.repair.patch import Patch, Proved, changes_of, size_of
from rusta_cargo.repair.proposer import Candidate
from rusta_cargo.repair.regression import failure_anchors, outcome_of, regression
from rusta_cargo.repair.results import abstained, nothing_to_do, partial, repaired, trust_in
from rusta_cargo.repair.risk import RiskReport, assess
from rusta_cargo.repair.search import Node, Search
from rusta_cargo.repair.sensing import Base, sense_base
from rusta_cargo.repair.shrink import shrink
from rusta_cargo.repair.toolset import as_json, verdict_of
from rusta_cargo.repair.verdict import Verdict
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

if TYPE_CHECKING:
    from rusta_conductor.cli.console import Console

_CHECKS = ("cargo_check", "rustc_probe")
_TESTS = ("cargo_test", "rustc_probe")
_LOOKED = tuple(
    Obligation(f"base checked before {signal}", signal, _CHECKS) for signal in ("need_probe", "ready", "proposed")
)
_PROVED = (
    Obligation("edits laid before green", "green", ("apply_edits",), since="proposed"),
    Obligation("checked before green", "green", _CHECKS, since="proposed"),
)
_TESTED = (
    Obligation("tested before green", "green", _TESTS, since="proposed"),
    Obligation("checked and tested before green", "green", (*_CHECKS, "cargo_test"), "proposed", 2),
)


@dataclass
class _Work:
    """What an episode works with once its target was looked at. ``search`` is idle when nothing is wrong with it."""

    base: Base
    citations: Citations
    looker: Looker
    search: Search
    refuted: list[tuple[Node, str]] = field(default_factory=list)
    second_look: bool = False


@dataclass
class _Offer:
    """The patch that was proposed last, and what became of it."""

    node: Node
    patch: Patch
    proved: Proved | None = None
    risk: RiskReport | None = None


class RepairDomain:
    """One repair. See the module's text."""

    name = "repair"
    tested = True

    def __init__(self) -> None:
        self._fault = ""
        self._found_sound = False
        self._found: _Work | None = None
        self._offered: _Offer | None = None

    def contract(self) -> Contract:
        return Contract(obligations=(*_LOOKED, *_PROVED, *(_TESTED if self.tested else ())))

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        from rusta_cargo.workspace import CargoWorkspace

        wanted = RepairGoal.model_validate(goal)
        return CargoWorkspace(wanted.path, home, lanes=wanted.lanes)

    # sense and plan -----------------------------------------------------------------------

    def sense(self, episode: Episode) -> None:
        goal = RepairGoal.model_validate(episode.goal)
        if not self.tested:
            goal = goal.model_copy(update={"tests": False})
        try:
            base = sense_base(episode, goal)
        except ToolError as error:
            self._fault = str(error)
            return
        looker = Looker(episode, base)
        self._found = _Work(base, Citations(episode), looker, looker.search())

    def plan(self, _episode: Episode) -> NeedProbe | Ready | GiveUp:
        if self._found is None:
            return GiveUp("abstained", f"the target cannot be looked at: {self._fault}")
        work = self._found
        answer = before_searching(work.base)
        if answer is not None:
            return answer
        if work.search.green() is not None:
            return Ready()
        if work.search.exhausted:
            return after_searching(work.base, work.search, work.refuted)
        return NeedProbe()

    def probe(self, episode: Episode) -> GiveUp | None:
        search = self._work.search
        if search.green() is None:  # after a rollback another one may be waiting already
            episode.decide("search", search.round())
        return None

    # propose and validate -----------------------------------------------------------------

    def propose(self, _episode: Episode) -> Proposal | GiveUp:
        work = self._work
        node = work.search.green()
        assert node is not None  # plan was ready
        patch = self._patch_of(node)
        changes = changes_of(work.base, patch.edits)
        refused = _refused(work.base, changes)
        if refused:  # the search keeps no such tree; this holds whatever another search may do
            return GiveUp("refused", refused[0])
        self._offered = _Offer(node, patch)
        lines, files = size_of(changes)
        return Proposal(
            summary=patch.summary,
            lines=lines,
            files=files,
            anchors=patch.anchors,
            payload={
                "edits": as_json(patch.edits),
                "node": node.number,
                "steps": list(patch.titles),
                "proposers": list(patch.proposers),
            },
        )

    def validate(self, episode: Episode, _proposal: Proposal) -> Judgement:
        offer = self._offer
        laid = episode.call(Action(verb="apply_edits", args={"edits": as_json(offer.patch.edits)}))
        keys = list(episode.last_keys)
        if not laid.ok:
            return Judgement(False, f"the edits cannot be laid: {laid.summary}", tuple(keys))
        proved, why = self._prove(episode, offer.patch.edits)
        keys.append(proved.verdict.key)
        if proved.tests is not None:
            keys.append(proved.tests.key)
        offer.proved = proved
        if why is None and self._needs_nothing(episode):
            self._found_sound = True
            why = "the unchanged tree compiles at a second look"
        if why is not None:
            return Judgement(False, why, tuple(keys))
        return Judgement(True, _why_green(proved), tuple(keys))

    def rollback(self, episode: Episode, _proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        node, proved = self._offer.node, self._offer.proved
        episode.call(Action(verb="apply_edits", args={"edits": []}))
        tests = None if proved is None else proved.tests
        usable = tests is not None and tests.compiled and tests.failure is None
        self._work.search.refute(node, tests if usable else None)
        self._work.refuted.append((node, judgement.why))
        if self._found_sound:
            return GiveUp(
                "fault",
                "the unchanged tree compiles at a second look, so a repair would prove nothing; "
                "delete the project's lanes in the state folder and try again",
            )
        episode.note(f"candidate {node.number} is refuted: {judgement.why}")
        self._offered = None
        return None

    # reflect and remember -----------------------------------------------------------------

    def reflect(self, episode: Episode, _proposal: Proposal, _judgement: Judgement) -> None:
        offer = self._offer
        try:
            self._make_smaller(episode, offer)
        except BudgetExhausted:
            episode.note("the budget is used up; the proved patch is not made smaller")
        offer.risk = assess(changes_of(self._work.base, offer.patch.edits), offer.patch.notes)

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        if given_up is None:
            offer = self._offer
            assert offer.proved is not None
            assert offer.risk is not None
            work = self._work
            trust = trust_in(work.base, work.search, offer.node, offer.patch, offer.proved, offer.risk)
            if trust.confidence < work.base.goal.ask_below:
                return question(work.base, work.search, offer.node, offer.patch, offer.proved, offer.risk, trust)
            return repaired(episode, work.base, offer.patch, offer.proved, offer.risk, trust)
        if self._found is None:
            return Result(given_up.outcome, given_up.reason)
        work = self._found
        if given_up.outcome == "nothing_to_do":
            return nothing_to_do(given_up, work.base)
        return abstained(given_up, work.base, work.search, work.refuted)

    def partial(self, _episode: Episode) -> Result | None:
        if self._found is None or before_searching(self._found.base) is not None:
            return None
        return partial(self._found.base, self._found.search, self._found.refuted)

    # shown --------------------------------------------------------------------------------

    def render(self, result: Result, console: Console) -> None:
        """Print a result for people."""
        from rusta_cargo.cli.showing import show

        show(result, console)

    def exit_code(self, result: Result) -> int:
        """The exit code of a command that ended with ``result``."""
        from rusta_cargo.cli.showing import exit_code

        return exit_code(result)

    # inside -------------------------------------------------------------------------------

    @property
    def _work(self) -> _Work:
        assert self._found is not None  # plan gives up when sense found nothing
        return self._found

    @property
    def _offer(self) -> _Offer:
        assert self._offered is not None  # only propose leads here
        return self._offered

    def _patch_of(self, node: Node) -> Patch:
        work = self._work
        steps = work.search.path(node)
        cited = (key for step in steps for key in step.cites)
        base = work.base
        return Patch(
            edits=node.tree.edits(base.read),
            titles=tuple(step.title for step in steps),
            proposers=tuple(step.proposer for step in steps),
            priors=_priors(work.search, node, steps),
            notes=tuple(dict.fromkeys(note for step in steps for note in step.risk)),
            anchors=(
                *failure_anchors(base.tests),
                *work.citations.for_patch(base.verdict.errors, cited, base.verdict.key),
            ),
        )

    def _check(self, episode: Episode, edits: Iterable[Edit]) -> Verdict:
        answer = episode.call(self._work.base.toolset.check(edits))
        return verdict_of(answer, episode.last_keys[0])

    def _needs_nothing(self, episode: Episode) -> bool:
        """The tree compiles as it is, at a second look, which is the last one: a look between those at the patch would
        build everything once more.

        Only what runs while it is built can make the same tree compile one time and not the other.
        """
        work = self._work
        if work.second_look or work.base.verdict.ok or not work.base.project.runs_when_built:
            return False
        work.second_look = True
        return self._check(episode, ()).ok

    def _prove(self, episode: Episode, edits: Sequence[Edit]) -> tuple[Proved, str | None]:
        """Check and test a tree; with it the reason why it is no repair, or None."""
        base = self._work.base
        verdict = self._check(episode, edits)
        if not verdict.ok:
            why = verdict.failure or "it does not compile when everything is checked again"
            return Proved(verdict, None), why
        if not base.goal.tests:
            return Proved(verdict, None), None
        answer = episode.call(base.toolset.test(edits))
        tests = outcome_of(answer, episode.last_keys[0])
        return Proved(verdict, tests), regression(base.tests, tests, all_pass=base.verdict.ok)

    def _make_smaller(self, episode: Episode, offer: _Offer) -> None:
        work = self._work
        smaller = shrink(offer.patch.edits, work.looker.holds, work.looker.batch)
        if len(smaller) == len(offer.patch.edits):
            return
        if _refused(work.base, changes_of(work.base, smaller)):
            return
        proved, why = self._prove(episode, smaller)
        if why is None:
            episode.decide("shrunk", {"edits": as_json(smaller)})
            offer.patch, offer.proved = replace(offer.patch, edits=smaller), proved


def _refused(base: Base, changes: Sequence[Change]) -> list[str]:
    broken = broken_tests(base, (change.path for change in changes))
    return refusals(changes, base.project.roots, base.hashes, broken)


def _priors(search: Search, node: Node, steps: Sequence[Candidate]) -> tuple[float, ...]:
    """The priors of the steps; where the tests chose, the last one's share among all that they would have taken."""
    priors = [step.prior for step in steps]
    if node.tested:
        priors[-1:] = [search.share(node)]
    return tuple(priors)


def _why_green(proved: Proved) -> str:
    if proved.tests is None:
        return "it compiles; the tests were not run"
    flaky = f" (flaky: {', '.join(proved.tests.flaky)})" if proved.tests.flaky else ""
    return f"it compiles, and its tests say {proved.tests.summary}{flaky}"


class UntestedRepairDomain(RepairDomain):
    """Repair without running tests: what compiles counts as proved, and the confidence says so."""

    name = "repair_untested"
    tested = False
