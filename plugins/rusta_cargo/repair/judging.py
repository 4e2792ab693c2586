"""The tests as judge of candidates: many variants with one build where that can be done, one by one where not."""

from __future__ import annotations

from collections.abc import Sequence

from rusta_cargo.models import TestReport, VariantReport, VariantResult
from rusta_cargo.repair.search import Node
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.tree import TreeState
from rusta_cargo.repair.verdict import Verdict, errors_of
from rusta_conductor.episode import Episode
from rusta_schemas.edits import Edit, diff_edits
from rusta_schemas.observation import Observation, Status

# How much longer than before the tests of a variant may run, and the least that is allowed, in seconds.
SLOWER = 10.0
LEAST_S = 5.0
LEAST_TOGETHER_S = 1.0
_Key = tuple[str, int, int, str]
_HANGS = ("it did not end within", "it was not run: the time")
# Variants that need a build of their own, at most so many before others are looked at.
ALONE = 8
# A first look at the likeliest is often enough; two sandboxes only work side by side beyond it.
FIRST = 72


class TestJudge:
    """Asks for the verdicts of the tests on changes of a tree whose tests fail.

    Args:
        lanes: how many calls are made side by side.
    """

    __test__ = False

    def __init__(self, episode: Episode, base: Base, lanes: int) -> None:
        self._episode, self._base, self._lanes = episode, base, lanes
        self._looked: set[int] = set()
        # what single changes mended, as sets of edits
        self._mended: list[frozenset[_Key]] = []

    def verdicts(self, parent: Node, trees: Sequence[TreeState]) -> list[Verdict | None]:
        """One verdict a tree, in their order; None for one that was put off because others are likelier to do."""
        found: list[Verdict | None] = [None] * len(trees)
        fresh = parent.number not in self._looked
        self._looked.add(parent.number)
        chosen = list(range(min(len(trees), FIRST) if fresh else len(trees)))
        alone = self._together(parent, trees, chosen, found, 1 if fresh else self._lanes)
        if self._solved(parent, trees, found):
            return found
        for start in range(0, min(len(alone), ALONE), self._lanes):
            part = alone[start : start + self._lanes]
            self._one_by_one(parent, trees, part, found)
            if self._solved(parent, trees, found):
                break
        return found

    def _solved(self, parent: Node, trees: Sequence[TreeState], found: Sequence[Verdict | None]) -> bool:
        solved = [tree for tree, verdict in zip(trees, found, strict=True) if verdict is not None and verdict.solved]
        if parent.depth == 0:
            self._mended += [_keys(tree.edits(self._base.read)) for tree in solved]
        return bool(solved)

    def pass_tests(self, patches: Sequence[Sequence[Edit]], tests: Sequence[str]) -> list[bool]:
        """Whether ``tests`` (all, when there are none) pass with each set of edits against the base.

        Part of one change that was made as a whole is not asked for: half an exchange may pass the tests all the same.
        """
        base = self._base
        whole = [not self._is_part(edits) for edits in patches]
        answers = iter(
            self._episode.call_many(
                [
                    base.toolset.test(edits, only=tests, limit_s=self._limit(LEAST_S))
                    for edits, asked in zip(patches, whole, strict=True)
                    if asked
                ]
            )
        )
        return [asked and _passes(next(answers)) for asked in whole]

    def _is_part(self, edits: Sequence[Edit]) -> bool:
        mine = _keys(edits)
        return any(mine < mended for mended in self._mended)

    def _together(
        self,
        parent: Node,
        trees: Sequence[TreeState],
        chosen: Sequence[int],
        found: list[Verdict | None],
        calls: int,
    ) -> list[int]:
        """Fill in the verdicts of those that one build can hold; returns the others."""
        share = -(-len(chosen) // calls)
        parts = [chosen[start : start + share] for start in range(0, len(chosen), share)]
        assert parent.tests is not None  # only then is it looked into
        base = self._base
        actions = [
            base.toolset.variants(
                parent.tree.edits(base.read),
                [self._step(parent.tree, trees[index]) for index in part],
                tests=_failing(parent),
                passing=parent.tests.passed,
                limit_s=LEAST_TOGETHER_S,
            )
            for part in parts
        ]
        alone: list[int] = []
        answers = self._episode.call_many(actions)
        for part, answer, key in zip(parts, answers, self._episode.last_keys, strict=True):
            if not answer.ok and answer.status is Status.TIMEOUT:
                # Built one by one they would only take longer.
                for index in part:
                    found[index] = Verdict(False, failure=answer.summary, key=key)
                continue
            if not answer.ok:
                alone += part
                continue
            report = VariantReport.model_validate(answer.data)
            for index, result in zip(part, report.results, strict=True):
                if result.status == "apart":
                    alone.append(index)
                elif result.status != "late":
                    found[index] = _verdict(result, report.command, key)
        return alone

    def _one_by_one(
        self,
        parent: Node,
        trees: Sequence[TreeState],
        part: Sequence[int],
        found: list[Verdict | None],
    ) -> None:
        wanted = _failing(parent)
        answers = self._episode.call_many(
            [
                self._base.toolset.test(trees[index].edits(self._base.read), only=wanted, limit_s=self._limit(LEAST_S))
                for index in part
            ]
        )
        for index, answer, key in zip(part, answers, self._episode.last_keys, strict=True):
            if not answer.ok:
                found[index] = Verdict(False, failure=answer.summary, key=key)
                continue
            report = TestReport.model_validate(answer.data)
            failing = tuple(name for name in wanted if name not in report.passed)
            found[index] = Verdict(
                report.compiled,
                errors_of(report.diagnostics),
                key=key,
                command=report.command,
                failing=failing,
            )

    def _step(self, before: TreeState, after: TreeState) -> list[Edit]:
        read = self._base.read
        paths = dict.fromkeys((*before.overrides, *after.overrides))
        return [
            edit for path in paths for edit in diff_edits(path, before.source(path, read), after.source(path, read))
        ]

    def _limit(self, least: float) -> float:
        tests = self._base.tests
        if tests is None or any(test.message.startswith(_HANGS) for test in tests.failed):
            return least
        return max(least, SLOWER * tests.seconds)


def _keys(edits: Sequence[Edit]) -> frozenset[_Key]:
    return frozenset((edit.path, edit.start, edit.end, edit.inserted) for edit in edits)


def _passes(answer: Observation) -> bool:
    return answer.ok and TestReport.model_validate(answer.data).ok


def _failing(node: Node) -> tuple[str, ...]:
    assert node.verdict.failing is not None  # its children are judged by them
    return node.verdict.failing


def _verdict(result: VariantResult, command: str, key: str) -> Verdict:
    if result.status == "build":
        return Verdict(False, key=key, command=command, failing=())
    return Verdict(True, key=key, command=command, failing=result.failing, broken=result.broken)
