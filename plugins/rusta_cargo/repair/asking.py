"""When a patch is proved and still little trusted: it is shown beside its best rival, with what would decide."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from rusta_cargo.repair.abstaining import CANDIDATES_SHOWN, diff_of, error_json, failure_json
from rusta_cargo.repair.determined import one_example
from rusta_cargo.repair.patch import Patch, Proved, files_after
from rusta_cargo.repair.proposer import Candidate
from rusta_cargo.repair.risk import RiskReport
from rusta_cargo.repair.search import Node, Search
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.toolset import as_json
from rusta_cargo.repair.trust import Trust
from rusta_conductor.domain import Result
from rusta_schemas.base import JsonObject


def question(
    base: Base, search: Search, node: Node, patch: Patch, proved: Proved, risk: RiskReport, found: Trust
) -> Result:
    """The answer of an episode whose proved patch is too doubtful to be offered.

    Args:
        node: what ``patch`` was made of. found: how far it can be trusted.
    """
    rivals = search.rivals(node)[: CANDIDATES_SHOWN - 1]
    shown: list[JsonValue] = [_candidate(list(patch.titles), diff_of(base, files_after(base, patch.edits)))]
    shown += [_candidate([step.title for step in search.path(n)], diff_of(base, n.tree.overrides)) for n in rivals]
    tests = () if base.tests is None else base.tests.failed
    data: JsonObject = {
        "errors": [
            *(error_json(error) for error in base.verdict.errors),
            *(failure_json(test) for test in tests),
        ],
        "failing_tests": [],
        "candidates": shown,
        "decides": list(_decides(base, patch, proved, risk, search.path(rivals[0]) if rivals else ())),
        "refused": list(search.refused),
        "checks": search.checks,
        "confidence": found.confidence,
        "verbatim": found.verbatim,
        "known": found.to_json(),
        "edits": as_json(patch.edits),
    }
    passes = "compiles" if base.verdict.errors else "makes the tests pass"
    why = f"a patch that {passes} was found, but it is hardly what you want (confidence {found.confidence:.2f}): {patch.summary}"
    return Result("abstained", why, data)


def _decides(base: Base, patch: Patch, proved: Proved, risk: RiskReport, other_steps: Sequence[Candidate]) -> list[str]:
    """What would turn the doubt into an answer. ``other_steps`` make the best rival, if there is one."""
    found: list[str] = []
    if other_steps:
        passes = "compiles" if base.verdict.errors else "makes the tests pass"
        found.append(f"which of the candidates you mean; each of them {passes}")
        if not base.verdict.errors:
            other = " and ".join(step.title for step in other_steps)
            found.append(f"a test of something that the two do differently: {patch.summary}, or {other}")
    if proved.tests is None or not proved.tests.passed:
        place = patch.edits[0]
        found.append(f"a test that reaches {place.path}, byte {place.start}: no test speaks for or against it")
    if one_example(base, patch):
        found.append("another example in a test: one value of what is changed says little of its others")
    found += [f"whether you accept that it {reason}" for reason in risk.reasons[:2]]
    found.append("'--ask-below 0' offers it as a patch all the same")
    return found


def _candidate(steps: list[str], diff: str) -> JsonValue:
    named: list[JsonValue] = list(steps)
    return {"steps": named, "lines": diff.count("\n+"), "leaves": [], "refuted": None, "diff": diff}
