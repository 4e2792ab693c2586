"""The results of a repair episode as data: what every front door shows."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from rusta_cargo.repair.abstaining import (
    diff_of,
    error_json,
    evidence,
    failure_json,
    left_over,
)
from rusta_cargo.repair.determined import one_example, reached_by_tests
from rusta_cargo.repair.patch import (
    Patch,
    Proved,
    changes_of,
    files_after,
    hashes_of,
    proof_of,
    size_of,
)
from rusta_cargo.repair.proposer import GUESS, RETELLS, STUB
from rusta_cargo.repair.risk import PLACEHOLDER, RiskReport
from rusta_cargo.repair.search import Node, Search
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.shape import shape_of
from rusta_cargo.repair.trust import Known, Trust, trust
from rusta_conductor.domain import GiveUp, Result
from rusta_conductor.episode import Episode
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.bundle import PatchBundle, bundle_id

# The digest of the log is put in when the episode's log is complete.
UNSEALED = "0" * 64


def trust_in(base: Base, search: Search, node: Node, patch: Patch, proved: Proved, risk: RiskReport) -> Trust:
    """How far a proved patch, made of ``node``, can be trusted."""
    tests = proved.tests
    changes = changes_of(base, patch.edits)
    passed = 0 if tests is None else len(tests.passed)
    filled = PLACEHOLDER in risk.reasons and bool(base.verdict.errors)
    return trust(
        Known(
            priors=patch.priors,
            lines=size_of(changes)[0],
            tests=passed,
            risk=risk.level,
            rivals=len(search.rivals(node)),
            errors=len(base.verdict.errors),
            shape=shape_of(changes),
            flaky=tests is not None and bool(tests.flaky),
            stub=STUB in risk.reasons,
            guess=GUESS in risk.reasons or (filled and not (passed and reached_by_tests(base, patch))),
            undetermined=one_example(base, patch),
            retells=RETELLS in risk.reasons,
            share=search.share(node) if node.tested else 1.0,
        )
    )


def repaired(episode: Episode, base: Base, patch: Patch, proved: Proved, risk: RiskReport, found: Trust) -> Result:
    """A proved patch, as the draft of a bundle."""
    changes = changes_of(base, patch.edits)
    lines, files = size_of(changes)
    before, after = hashes_of(changes)
    bundle = PatchBundle(
        id=bundle_id(episode.id, patch.edits, before),
        episode=episode.id,
        created=episode.now(),
        domain="repair",
        root=base.around.root,
        summary=patch.summary,
        edits=patch.edits,
        base_hashes=before,
        result_hashes=after,
        k_lines=lines,
        k_files=files,
        risk=risk.level,
        risk_reasons=risk.reasons,
        confidence=found.confidence,
        proof=proof_of(proved, base.around.rung),
        anchors=patch.anchors,
        log_head=UNSEALED,
    )
    data: JsonObject = {
        "bundle": to_json(bundle),
        "mended": _mended(base),
        "steps": list(patch.titles),
        "proposers": list(patch.proposers),
        "verbatim": found.verbatim,
        "known": found.to_json(),
        "diff": diff_of(base, files_after(base, patch.edits)),
    }
    return Result("repaired", patch.summary, data)


def _mended(base: Base) -> list[JsonValue]:
    tests = () if base.tests is None else base.tests.failed
    return [
        *(error_json(error) for error in base.verdict.errors),
        *(failure_json(test) for test in tests),
    ]


def nothing_to_do(given_up: GiveUp, base: Base) -> Result:
    """The target was in order."""
    tests = base.tests
    data: JsonObject = {
        "check": base.verdict.command,
        "tests": None if tests is None else tests.summary,
    }
    return Result("nothing_to_do", given_up.reason, data)


def abstained(
    given_up: GiveUp, base: Base | None, search: Search | None, refuted: Sequence[tuple[Node, str]]
) -> Result:
    """No repair, with the reason and the nearest evidence."""
    data = {} if base is None else evidence(base, search, refuted)
    return Result(given_up.outcome, given_up.reason, data)


def partial(base: Base, search: Search, refuted: Sequence[tuple[Node, str]]) -> Result:
    """The best that is known when a budget has run out. Nothing of it is proved."""
    best = search.best()
    if best.verdict.solved and best.number:
        done = "passes the failing tests" if best.tested else "compiles"
        text = f"a patch that {done} was found and is not proved yet: {best.lines} line(s)"
    elif best.number:
        text = f"the best patch so far leaves {left_over(best.verdict)} of {left_over(search.root)}"
    else:
        goal = "passing its tests" if search.root.ok else "compiling"
        text = f"nothing is nearer to {goal} yet than the original, with {left_over(search.root)}"
    data: JsonObject = {
        **evidence(base, search, refuted, best),
        "steps": [step.title for step in search.path(best)],
        "leaves": [error_json(error) for error in (*best.verdict.errors, *best.verdict.hidden)],
        "diff": diff_of(base, best.tree.overrides),
    }
    return Result("partial", text, data)
