"""A proposed patch: what it changes, how it came about, and how it is proved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.regression import TestOutcome
from rusta_cargo.repair.sensing import Base
from rusta_cargo.repair.verdict import Verdict
from rusta_schemas.anchor import Anchor
from rusta_schemas.bundle import Proof, ProofStep
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import Edit, apply_to_files, changed_lines


@dataclass(frozen=True)
class Patch:
    """Edits against the base, with the steps that led to them (titles, proposers, priors, notes on risk)."""

    edits: tuple[Edit, ...]
    titles: tuple[str, ...]
    proposers: tuple[str, ...]
    priors: tuple[float, ...]
    notes: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] = ()

    @property
    def summary(self) -> str:
        """One line for a person."""
        if len(self.titles) == 1:
            return self.titles[0]
        return f"{self.titles[0]}, and {len(self.titles) - 1} more step(s)"


@dataclass(frozen=True)
class Proved:
    """The calls that prove a patch; ``tests`` is None when they were not wanted."""

    verdict: Verdict
    tests: TestOutcome | None


def files_after(base: Base, edits: Iterable[Edit]) -> dict[str, bytes]:
    """The new text of every file that ``edits`` touch."""
    chosen = tuple(edits)
    before = {path: base.read(path) for path in dict.fromkeys(edit.path for edit in chosen)}
    return apply_to_files(before, chosen)


def changes_of(base: Base, edits: Iterable[Edit]) -> tuple[Change, ...]:
    """The patch as files before and after."""
    return tuple(Change(path, base.read(path), after) for path, after in files_after(base, edits).items())


def size_of(changes: Sequence[Change]) -> tuple[int, int]:
    """(changed lines, changed files)."""
    lines = sum(changed_lines(change.before or b"", change.after or b"") for change in changes)
    return lines, len(changes)


def hashes_of(changes: Sequence[Change]) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """SHA-256 of the touched files, before and after."""

    def digest(data: bytes | None) -> str | None:
        return None if data is None else sha256_hex(data)

    return (
        {change.path: digest(change.before) for change in changes},
        {change.path: digest(change.after) for change in changes},
    )


def proof_of(proved: Proved, rung: str) -> Proof:
    """The proof as it stands in the bundle."""
    verdict, tests = proved.verdict, proved.tests
    steps = [ProofStep(command=verdict.command, ok=verdict.ok, summary="compiles", key=verdict.key)]
    if tests is not None:
        fine = tests.compiled and tests.failure is None
        steps.append(ProofStep(command=tests.command or "tests", ok=fine, summary=tests.summary, key=tests.key))
    return Proof(
        green=all(step.ok for step in steps),
        steps=tuple(steps),
        flaky=() if tests is None else tests.flaky,
        sandbox=rung,
    )
