"""When no repair can come, and what is told instead: the reason, and the nearest evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.regression import TestOutcome
from rusta_cargo.repair.search import Node, Search
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.verdict import Verdict
from rusta_cargo.taxonomy import PHASE_MANIFEST
from rusta_conductor.domain import GiveUp
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Diagnostic, Level
from rusta_schemas.edits import unified_diff

CANDIDATES_SHOWN = 2
ERRORS_SHOWN = 20


def before_searching(base: Base) -> GiveUp | None:
    """The answer when a look at the target is enough."""
    verdict, tests = base.verdict, base.tests
    if verdict.failure is not None:
        return GiveUp("abstained", f"the target cannot be checked: {verdict.failure}")
    if verdict.ok:
        return _compiles(tests)
    if not any(error.primary or error.phase == PHASE_MANIFEST for error in verdict.errors):
        return GiveUp("abstained", f"the compiler names no place: {first_line(verdict.errors[0].message)}")
    return None


def _compiles(tests: TestOutcome | None) -> GiveUp | None:
    if tests is None:
        return GiveUp("nothing_to_do", "it compiles; the tests were not run")
    if tests.failure is not None:
        return GiveUp("abstained", f"it compiles, but its tests cannot be run: {tests.failure}")
    if not tests.compiled:
        return GiveUp("abstained", "it compiles, but its tests do not")
    if tests.faults:
        return None
    if tests.failed:
        return GiveUp(
            "abstained",
            f"it compiles, and {_failures(tests.failed)}. It fails and passes by turns, so no repair could be proved",
        )
    return GiveUp("nothing_to_do", f"it compiles, and its tests say {tests.summary}")


def after_searching(base: Base, search: Search, refuted: Sequence[tuple[Node, str]]) -> GiveUp:
    """The answer when the search has nothing left to try."""
    errors = base.verdict.errors
    if not errors:
        return _after_testing(base, search, refuted)
    blocked = next((error for error in errors if error.phase == PHASE_MANIFEST and error.code is None), None)
    if blocked is not None and search.checks == 0 and not search.refused:
        return GiveUp("abstained", f"not a fault of the source: {first_line(blocked.message)}{_advice(blocked)}")
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    what = f"{error_line(errors[0])}{more}"
    tried = f"of {_count(search.checks, 'candidate')} that were compiled, "
    nearest = search.partial(1)
    if refuted:
        count = "one compiles but is" if len(refuted) == 1 else f"{len(refuted)} compile but are"
        why = f"{tried}{count} refuted: {refuted[-1][1]}"
    elif search.refused:
        why = f"what was found is no repair: {next(iter(search.refused))}"
    elif search.checks == 0:
        why = f"nothing proposes a change for it{_advice(errors[0])}"
    elif nearest:
        why = f"{tried}the best leaves {left_over(nearest[0].verdict)}"
    else:
        why = f"{tried}none is nearer to compiling"
    return GiveUp("abstained", f"{what}: {why}")


def _after_testing(base: Base, search: Search, refuted: Sequence[tuple[Node, str]]) -> GiveUp:
    """The answer when nothing makes the failing tests of a program pass."""
    failing = () if base.tests is None else base.tests.failed
    tried = f"of {_count(search.checks, 'candidate')} that were tested, "
    nearest = search.partial(1)
    if refuted:
        why = f"{tried}{len(refuted)} make it pass but are refuted: {refuted[-1][1]}"
    elif search.checks == 0 and search.refused:
        why = f"what was found is no repair: {next(iter(search.refused))}"
    elif search.checks == 0:
        why = "nothing proposes a change for it"
    elif nearest:
        left = len(nearest[0].verdict.failing or ())
        why = f"{tried}the best leaves {_count(left, 'failing test')}"
    else:
        why = f"{tried}none makes it pass without breaking another"
    return GiveUp("abstained", f"it compiles, but {_failures(failing)}: {why}")


def _failures(failed: Sequence[TestFailure]) -> str:
    """How many tests fail and what the first says, for people."""
    first = failed[0]
    place = f" at {first.path}:{first.line}" if first.path else ""
    count = "a test fails" if len(failed) == 1 else f"{len(failed)} tests fail"
    return f"{count}; {first.name}{place}: {first_line(first.message)}"


def evidence(
    base: Base,
    search: Search | None,
    refuted: Sequence[tuple[Node, str]],
    shown: Node | None = None,
) -> JsonObject:
    """What a person needs to decide: the errors or failing tests, the two best candidates, what was refused.

    ``shown`` is a candidate that is told of elsewhere.
    """
    tests = base.tests
    return {
        "errors": [error_json(error) for error in base.verdict.errors[:ERRORS_SHOWN]],
        "failing_tests": [
            {"name": t.name, "message": t.message, "path": t.path, "line": t.line}
            for t in (tests.failed if tests is not None else ())
        ],
        "candidates": _candidates(base, search, refuted, shown),
        "refused": [] if search is None else list(search.refused),
        "checks": 0 if search is None else search.checks,
    }


def _candidates(
    base: Base, search: Search | None, refuted: Sequence[tuple[Node, str]], shown: Node | None
) -> list[JsonValue]:
    if search is None:
        return []
    reasons = {node.number: why for node, why in refuted}
    nodes = [node for node, _ in refuted]
    nearer = search.partial(CANDIDATES_SHOWN + 1)
    nodes += [node for node in nearer if node.number not in reasons and node is not shown]
    return [
        {
            "steps": [step.title for step in search.path(node)],
            "lines": node.lines,
            "leaves": _leaves(node),
            "refuted": reasons.get(node.number),
            "diff": diff_of(base, node.tree.overrides),
        }
        for node in nodes[:CANDIDATES_SHOWN]
    ]


def _leaves(node: Node) -> list[JsonValue]:
    errors = [error_line(error) for error in (*node.verdict.errors, *node.verdict.hidden)[:ERRORS_SHOWN]]
    failing = [f"the test {name} fails" for name in node.verdict.failing or ()]
    return [*errors, *failing]


def diff_of(base: Base, files: Mapping[str, bytes]) -> str:
    """A unified diff of some files against the base."""
    return "".join(unified_diff(path, base.read(path), data) for path, data in files.items())


def error_json(error: Diagnostic) -> JsonObject:
    """One error as it stands in results."""
    place = error.primary
    return {
        "code": error.code,
        "category": str(error.category),
        "message": first_line(error.message),
        "path": None if place is None else place.path,
        "line": None if place is None else place.line,
    }


def error_line(error: Diagnostic) -> str:
    """One error on one line, for people."""
    place = error.primary
    where = "" if place is None else f" ({place.path}:{place.line})"
    code = f"[{error.code}] " if error.code else ""
    return f"{code}{first_line(error.message)}{where}"


def first_line(text: str) -> str:
    lines = text.splitlines()
    return lines[0] if lines else ""


def _advice(error: Diagnostic) -> str:
    """What the compiler itself says one could do, or the last thing it notes."""
    helpful = [note for note in error.notes if note.level is Level.HELP]
    notes = helpful or [note for note in error.notes if note.message]
    return f"; {first_line(notes[-1].message)}" if notes else ""


def failure_json(test: TestFailure) -> JsonObject:
    """A failing test as it stands in results, in the form of an error."""
    return {
        "code": None,
        "category": "tests",
        "message": f"{test.name}: {first_line(test.message)}",
        "path": test.path,
        "line": test.line,
    }


def left_over(verdict: Verdict) -> str:
    """How many errors or failing tests there are, for people."""
    if verdict.ok and verdict.failing is not None:
        return _count(len(verdict.failing) + len(verdict.broken), "failing test")
    return _count(verdict.distance.errors, "error")


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
