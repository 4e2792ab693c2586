"""Whether the tests say that a patch is right, held against what they said before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from rusta_cargo.models import TestReport
from rusta_cargo.repair.proposer import TestFailure
from rusta_schemas.anchor import Anchor, make_anchor
from rusta_schemas.observation import Observation

MOST_CITED = 4


@dataclass(frozen=True)
class TestOutcome:
    """One run of the tests. ``failure``: the run itself did not work. ``compiled``: the tests were built at all.

    ``seconds``: how long they ran. ``unbuilt``: why nothing was built or run, when there was no test to.
    """

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
    seconds: float = 0.0
    unbuilt: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every test that was seen."""
        return frozenset((*self.passed, *self.ignored, *(test.name for test in self.failed)))

    @property
    def faults(self) -> tuple[TestFailure, ...]:
        """The tests that fail every time: what a repair can be judged by."""
        return tuple(test for test in self.failed if test.name not in self.flaky)

    def narrowed(self, failing: Collection[str]) -> TestOutcome:
        """The outcome after a change that leaves only ``failing`` of the failed tests."""
        mended = [test.name for test in self.failed if test.name not in failing]
        return replace(
            self,
            failed=tuple(test for test in self.failed if test.name in failing),
            passed=tuple(sorted((*self.passed, *mended))),
        )

    @property
    def summary(self) -> str:
        if self.failure is not None:
            return self.failure
        if not self.compiled:
            return "the tests do not compile"
        if self.unbuilt:
            return self.unbuilt
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
                output=test.output,
            )
            for test in report.failed
        ),
        ignored=report.ignored,
        flaky=report.flaky,
        key=key,
        command=report.command,
        seconds=report.seconds,
        unbuilt=report.note if report.compiled and report.exit_code is None and not report.command else "",
    )


def regression(before: TestOutcome | None, after: TestOutcome, *, all_pass: bool = False) -> str | None:
    """Why the tests refute a patch, or None when they do not.

    Args:
        before: the tests of the unpatched tree; None when it did not compile, so that none could run. Then every test
            has to pass. A test that failed before may fail still; one that was there must be there still.
        all_pass: no test may fail, whatever it did before: the patch is for the failing tests.
    """
    if after.failure is not None:
        return f"the tests could not be run: {after.failure}"
    if not after.compiled:
        return "the tests do not compile"
    known = before if before is not None and before.compiled else None
    excused = () if known is None or all_pass else tuple(test.name for test in known.failed)
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


def failure_anchors(outcome: TestOutcome | None) -> tuple[Anchor, ...]:
    """Citations of what the failing tests said, as the call that ran them has it in the episode's log."""
    found: dict[str, Anchor] = {}
    for test in () if outcome is None else outcome.faults[:MOST_CITED]:
        text = (test.message or test.name).encode("utf-8", "replace")
        anchor = make_anchor(
            "devlog", f"calls/{outcome.key if outcome else ''}/failed/{test.name}", text, 0, len(text), test.name
        )  # fmt: skip
        found.setdefault(anchor.id, anchor)
    return tuple(found.values())
