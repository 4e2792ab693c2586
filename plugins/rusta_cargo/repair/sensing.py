"""The state of the target before anything is changed: one look, everything of it recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from rusta_cargo.models import ReadArgs, SpanText, TreeHashes
from rusta_cargo.repair.goal import RepairGoal
from rusta_cargo.repair.project import Project
from rusta_cargo.repair.proposer import SourceUnavailable
from rusta_cargo.repair.regression import TestOutcome, outcome_of
from rusta_cargo.repair.tools.surroundings import Surroundings
from rusta_cargo.repair.toolset import Toolset, toolset_for, verdict_of
from rusta_cargo.repair.verdict import Verdict
from rusta_conductor.episode import Episode
from rusta_conductor.errors import ToolError
from rusta_schemas.action import Action
from rusta_schemas.base import to_json
from rusta_schemas.observation import Observation

# How long the tests of the base may run. Half of it is for finding out which of them hangs, if one does.
TESTS_S = 300.0


@dataclass
class Base:
    """What was sensed.

    hashes: SHA-256 of every file of the tree. verdict: the compiler's, on the unchanged tree. tests: None when they
    could not run because the tree does not compile, or were not wanted.
    """

    episode: Episode
    goal: RepairGoal
    around: Surroundings
    hashes: dict[str, str]
    toolset: Toolset
    project: Project
    verdict: Verdict
    tests: TestOutcome | None = None
    _sources: dict[str, bytes | None] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """The text of a file of the base, asked for once.

        Raises:
            SourceUnavailable: it is not in the tree, too large, or not UTF-8.
        """
        if path not in self._sources:
            self._sources[path] = self._fetch(path) if path in self.hashes else None
        found = self._sources[path]
        if found is None:
            raise SourceUnavailable(f"the text of {path!r} cannot be had")
        return found

    def _fetch(self, path: str) -> bytes | None:
        answer = self.episode.call(Action(verb="read_span", args=to_json(ReadArgs(path=path))))
        if not answer.ok:
            return None
        report = SpanText.model_validate(answer.data)
        return None if report.lossy else report.text.encode("utf-8")


def sense_base(episode: Episode, goal: RepairGoal, *, packages: bool = True) -> Base:
    """Look at the target: its surroundings, its files, its packages, its errors, and its tests if it compiles.

    Args:
        packages: ask cargo for the packages; who only reads errors saves that time.

    Raises:
        ToolError: the target cannot be looked at at all; says why.
    """
    around = Surroundings.model_validate(_data(episode, Action(verb="surroundings")))
    hashes = TreeHashes.model_validate(_data(episode, Action(verb="tree_hashes"))).files
    toolset = toolset_for(goal, around)
    ask = toolset.metadata() if packages else None
    project = toolset.project(None if ask is None else episode.call(ask))
    answer = episode.call(toolset.check(()))
    verdict = verdict_of(answer, episode.last_keys[0])
    base = Base(episode, goal, around, hashes, toolset, project, verdict)
    if verdict.ok and goal.tests:
        answer = episode.call(toolset.test((), limit_s=TESTS_S))
        base.tests = outcome_of(answer, episode.last_keys[0])
    return base


def _data(episode: Episode, action: Action) -> dict[str, object]:
    answer: Observation = episode.call(action)
    if not answer.ok:
        raise ToolError(answer.summary)
    return dict(answer.data)
