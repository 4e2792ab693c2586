"""Joins the search with the episode: trees become calls, nodes become situations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from rusta_cargo.repair.broken_tests import broken_tests, parses, with_doubt
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.guards import Change, place_refusal, refusals
from rusta_cargo.repair.hidden import Order, hidden
from rusta_cargo.repair.judging import TestJudge
from rusta_cargo.repair.overfitting import special_case
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_cargo.repair.proposing import Proposers
from rusta_cargo.repair.ranking import ranked
from rusta_cargo.repair.search import Node, Search, SearchLimits
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.toolset import as_json, verdict_of
from rusta_cargo.repair.tree import TreeState
from rusta_cargo.repair.verdict import Verdict
from rusta_cargo.taxonomy import PHASE_PARSE
from rusta_conductor.episode import Episode
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ProposerSpec, RankerSpec
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.edits import Edit
from rusta_schemas.observation import Observation

Spec = TypeVar("Spec", ProposerSpec, RankerSpec)

# A second sandbox has to build all dependencies once more; with more than these, that costs more than it brings.
FEW_DEPENDENCIES = 8


class Looker:
    """What the search needs of an episode and its base."""

    def __init__(self, episode: Episode, base: Base) -> None:
        self._episode, self._base = episode, base
        specs = _meant(episode.host.proposers_of("repair", base.goal.without), base.goal)
        self._proposers = Proposers(specs, episode.note)
        rankers = episode.host.rankers_of("repair", base.goal.without, base.goal.proposers or ())
        self._rankers = _meant(rankers, base.goal)
        self._cache: dict[object, object] = {}
        few = base.around.dependencies <= FEW_DEPENDENCIES
        self.batch = base.goal.lanes if few else 1
        self._order = Order(base.project)
        self._judge = TestJudge(episode, base, self.batch)

    def search(self) -> Search:
        """A fresh search from the base."""
        root, tests = self._base.verdict, self._base.tests
        if root.ok and tests is not None:
            root = replace(root, failing=tuple(test.name for test in tests.faults))
        return Search(
            root=root,
            check=self.verdicts,
            propose=self._propose,
            propose_late=lambda node: self._propose(node, late=True),
            most_late=self._proposers.most_late,
            refuse=self._refuse,
            read=self._base.read,
            note=self._episode.note,
            limits=SearchLimits(batch=self.batch),
            doubtful=self._doubtful,
            test=self._judge.verdicts if self._base.goal.tests else None,
            tests=tests,
            hidden=lambda known, told: hidden(known, told, self._order),
        )

    def verdicts(self, trees: Sequence[TreeState]) -> list[Verdict]:
        """The compiler's word on some trees, asked side by side."""
        return self._ask([tree.edits(self._base.read) for tree in trees])

    def compiles(self, patches: Sequence[Sequence[Edit]]) -> list[bool]:
        """Whether each set of edits gives a tree that compiles."""
        return [verdict.ok for verdict in self._ask(patches)]

    def holds(self, patches: Sequence[Sequence[Edit]]) -> list[bool]:
        """Whether each set of edits mends what the base suffers from: its errors, or its failing tests."""
        tests = self._base.tests
        if tests is None:
            return self.compiles(patches)
        return self._judge.pass_tests(patches, [test.name for test in tests.faults])

    def _ask(self, patches: Sequence[Sequence[Edit]]) -> list[Verdict]:
        actions = [self._base.toolset.check(edits) for edits in patches]
        answers = self._episode.call_many(actions)
        return [verdict_of(answer, key) for answer, key in zip(answers, self._episode.last_keys, strict=True)]

    def _propose(self, node: Node, *, late: bool = False) -> list[Candidate]:
        base = self._base

        def read(path: str) -> bytes:
            return node.tree.source(path, base.read)

        def probe(verb: str, args: JsonObject) -> Observation:
            return self._episode.call(self._on_tree(Action(verb=verb, args=args), node.tree))

        situation = Situation(
            diagnostics=node.verdict.errors,
            read=read,
            probe=probe,
            project=base.project,
            edition=self._edition(node),
            tests=() if node.tests is None else node.tests.faults,
            passing=() if node.tests is None else node.tests.passed,
            overrides=node.tree.overrides,
            cache=self._cache,
            files=tuple(sorted(base.hashes)),
        )
        found = with_doubt(self._proposers.ask(situation, late=late), base, read, node.verdict.errors)
        # Where the compiler judges, the right change is among the first few: only opinions asked for by name are had there.
        asked = [spec for spec in self._rankers if node.tested or not spec.usual]
        return ranked(found, asked, read, node.verdict.errors, self._opinion)

    def _opinion(self, asked: Action) -> Observation:
        """The answer of a ranker's tool, which is told no more than it has arguments for."""
        fields = self._fields(asked.verb)
        args = {name: value for name, value in asked.args.items() if name in fields}
        return self._episode.call(Action(verb=asked.verb, args=args))

    def _on_tree(self, action: Action, tree: TreeState) -> Action:
        """``action`` with the tree's edits, when its verb takes any."""
        if "edits" not in self._fields(action.verb) or "edits" in action.args:
            return action
        edits = as_json(tree.edits(self._base.read))
        return Action(verb=action.verb, args={**action.args, "edits": edits})

    def _fields(self, verb: str) -> Collection[str]:
        """The arguments that a tool takes."""
        model = resolve(self._episode.host.tool(verb).args)
        return model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else ()

    def _edition(self, node: Node) -> str:
        for error in node.verdict.errors:
            if error.primary is not None:
                package = self._base.project.package_of(error.primary.path)
                if package is not None and package.edition:
                    return package.edition
        return self._base.around.edition

    def _refuse(self, tree: TreeState) -> str | None:
        roots = self._base.project.roots
        broken = broken_tests(self._base, tree.overrides)
        for path in tree.overrides:
            why = place_refusal(path, roots, broken)
            if why is not None:
                return why
        changes = [Change(path, self._base.read(path), data) for path, data in tree.overrides.items()]
        refused = next(iter(refusals(changes, roots, self._base.hashes, broken)), None)
        if refused is None and self._base.verdict.ok:
            refused = special_case(changes)
        return refused

    def _doubtful(self, parent: Node, tree: TreeState) -> bool:
        """The new text does not parse although the old one did, as far as our own parser can tell."""
        if parent.verdict.phase <= PHASE_PARSE:
            return False
        for path, data in tree.overrides.items():
            if not path.endswith(".rs"):
                continue
            before = parent.tree.source(path, self._base.read)
            if data != before and not parses(data) and parses(before):
                return True
        return False


def _meant(specs: Iterable[Spec], goal: RepairGoal) -> list[Spec]:
    """Those of ``specs`` that the goal names."""
    return [spec for spec in specs if goal.wants(spec.name)]
