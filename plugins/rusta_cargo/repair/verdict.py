"""What the compiler and the tests said of one tree, and which of two such answers is nearer to a repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from rusta_cargo.taxonomy import PHASE_OK
from rusta_schemas.diagnostic import Diagnostic, Level


@dataclass(frozen=True)
class Verdict:
    """One check. ``failure`` is set when the check itself could not be made; then nothing else means anything.

    ok: it compiles. failing: the tests it is to mend that fail (still); None when the tests were not asked. broken: tests
    that passed before and fail now. key: the idempotency key of the call. command: what was run, for people. rung: the
    sandbox it ran in. hidden: errors that were there before and that the compiler did not come to this time.
    """

    ok: bool
    errors: tuple[Diagnostic, ...] = ()
    failure: str | None = None
    key: str = ""
    command: str = ""
    rung: str = ""
    failing: tuple[str, ...] | None = None
    broken: tuple[str, ...] = ()
    hidden: tuple[Diagnostic, ...] = ()

    @property
    def solved(self) -> bool:
        """It compiles, and no test that was asked says no."""
        return self.ok and not self.failing and not self.broken

    @property
    def phase(self) -> int:
        """How far the compiler came: the earliest phase that has an error."""
        if self.ok:
            return PHASE_OK
        return min((error.phase for error in (*self.errors, *self.hidden)), default=0)

    @property
    def distance(self) -> Distance:
        """How far this tree is from a repair."""
        errors = len(self.errors) + len(self.hidden)
        return Distance(-self.phase, errors, len(self.failing or ()) + len(self.broken))


class Distance(NamedTuple):
    """Smaller is nearer. A later phase is nearer even when it has more errors: the earlier ones hid them."""

    unreached: int
    errors: int
    tests: int = 0


def errors_of(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The errors among ``diagnostics``, one of each kind and place."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for item in diagnostics:
        if item.level is Level.ERROR:
            place = item.primary
            where = None if place is None else (place.path, place.start, place.end)
            found.setdefault((item.code, item.message, where), item)
    return tuple(found.values())
