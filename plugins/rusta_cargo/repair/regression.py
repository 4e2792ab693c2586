"""Whether the tests say that a patch is right, held against what they said before it."""

from __future__ import annotations

from dataclasses import dataclass

from rusta_cargo.models import TestReport
from rusta_cargo.repair.proposer import TestFailure
from rusta_schemas.observation import Observation


@dataclass(frozen=True)
class TestOutcome:
    """One run of the tests. ``failure``: the run itself did not work. ``compiled``: the tests were built at all."""

    __test__ = False

    ok: bool
    compiled: bool = False
    passed: tuple[str, ...] = ()
    failed: tuple[TestFailure, ...] = ()
    ignored: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    failure: str | None = None
    key: str = ""
    command: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every test that was seen."""
        return frozenset((*self.passed, *self.ignored, *(test.name for test in self.failed)))

    @property
    def summary(self) -> str:
        if self.failure is not None:
            return self.failure
        if not self.compiled:
            return "the tests do not compile"
        parts = [f"{len(self.passed)} passed"]
        parts += [f"{len(self.failed)} failed"] if self.failed else []
        parts += [f"{len(self.ignored)} ignored"] if self.ignored else []
        parts += [f"{len(self.flaky)} flaky"] if self.flaky else []
        return ", ".join(parts)


def outcome_of(observation: Observation, key: str) -> TestOutcome:
    """The outcome in the answer to a test call."""
    if not observation.ok:
        return TestOutcome(False, failure=observation.summary, key=key)
    report = TestReport.model_validate(observation.data)
    return TestOutcome(
        ok=report.ok,
        compiled=report.compiled,
        passed=report.passed,
        failed=tuple(
            TestFailure(
                name=test.name,
                message=test.message,
                path=test.panicked_at.path if test.panicked_at else None,
                line=test.panicked_at.line if test.panicked_at else None,
            )
            for test in report.failed
        ),
        ignored=report.ignored,
        flaky=report.flaky,
        key=key,
        command=report.command,
    )


def regression(before: TestOutcome | None, after: TestOutcome) -> str | None:
    """Why the tests refute a patch, or None when they do not.

    Args:
        before: the tests of the unpatched tree; None when it did not compile, so that none could run. Then every test
            has to pass. A test that failed before may fail still; one that was there must be there still.
    """
    if after.failure is not None:
        return f"the tests could not be run: {after.failure}"
    if not after.compiled:
        return "the tests do not compile"
    known = before if before is not None and before.compiled else None
    excused = () if known is None else tuple(test.name for test in known.failed)
    broken = [test for test in after.failed if test.name not in excused]
    if broken:
        first = broken[0]
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        message = first.message.splitlines()[0] if first.message else "no message"
        return f"the test {first.name}{more} fails: {message}"
    if known is not None:
        gone = sorted(known.names - after.names)
        if gone:
            return f"{len(gone)} test(s) are gone, such as {gone[0]}"
        hidden = sorted(set(known.passed) & set(after.ignored))
        if hidden:
            return f"{len(hidden)} test(s) are ignored now, such as {hidden[0]}"
    if not after.ok and not after.failed:
        return "the test run failed without naming a test"
    return None
