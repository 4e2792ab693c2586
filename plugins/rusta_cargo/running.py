"""Running one test program in the sandbox until every test has a verdict, whatever the program does."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rusta_cargo.lane import CargoLane
from rusta_cargo.libtest import LibtestRun, Verdict, parse_libtest, parse_list
from rusta_conductor.sandbox import Completed

_ROUNDS = 16  # crashes looked into, one culprit each
_ALONE = 16  # tests run on their own to find out which one hangs
_LIST_S = 30.0
_TAIL = 4000
_BY_EXACT_NAME = 500  # names on one command line


@dataclass(frozen=True)
class TestProgram:
    """A built test program. folder: where it runs, relative to the tree; harness: it is Rust's own test harness."""

    __test__ = False
    unit: str
    executable: str
    folder: str
    environment: Mapping[str, str]
    harness: bool = True


@dataclass
class Outcome:
    """Verdicts by test name ("" for a program without harness), and what failing tests printed."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def fail(self, name: str, why: str) -> None:
        self.verdicts[name] = Verdict.FAILED
        self.outputs[name] = why


class Runner:
    """Runs test programs in one lane under one deadline."""

    def __init__(self, lane: CargoLane, timeout_s: float, cancel: threading.Event) -> None:
        self._lane, self.cancel = lane, cancel
        self._end = time.monotonic() + timeout_s

    @property
    def left_s(self) -> float:
        """Seconds until the deadline, at least one."""
        return max(1.0, self._end - time.monotonic())

    def run(self, program: TestProgram, *, only: str | None = None, names: Sequence[str] = ()) -> Outcome:
        """Run the tests whose name contains ``only``, or exactly ``names``."""
        if not program.harness:
            return self._run_bare(program)
        if names:
            return self._finish(program, list(names), self._by_names(program, names))
        # Half the time for all tests at once leaves the other half for finding the one that hangs.
        done = self._start(program, [only] if only else [], self.left_s / 2)
        parsed = parse_libtest(done.stdout)
        if parsed.complete and done.stopped is None and done.signal is None:
            return _settled(parsed, done, ())
        listed = self._start(program, ["--list", "--format", "terse", *([only] if only else [])], _LIST_S)
        return self._finish(program, list(parse_list(listed.stdout)), (parsed, done))

    def _run_bare(self, program: TestProgram) -> Outcome:
        done = self._start(program, [], self.left_s)
        outcome = Outcome()
        if done.ok:
            outcome.verdicts[""] = Verdict.OK
        else:
            outcome.fail("", f"{_ending(done)}\n{_tail(done)}")
        return outcome

    def _finish(self, program: TestProgram, names: list[str], first: tuple[LibtestRun, Completed]) -> Outcome:
        """Settle every name, starting from a run that may have ended early."""
        parsed, done = first
        outcome = _settled(parsed, done, names)
        if not names and not outcome.verdicts and not done.ok:
            outcome.fail("", f"the test program ended before its first test: {_ending(done)}\n{_tail(done)}")
            return outcome
        if done.stopped is not None:
            return self._one_by_one(program, names, outcome)
        for _ in range(_ROUNDS):
            missing = [name for name in names if name not in outcome.verdicts]
            if not missing or self._end <= time.monotonic():
                break
            parsed, done = self._by_names(program, missing)
            fresh = _settled(parsed, done, missing)
            outcome.verdicts |= fresh.verdicts
            outcome.outputs |= fresh.outputs
            if done.stopped is not None:
                return self._one_by_one(program, names, outcome)
            if done.signal is not None or not parsed.finished:
                # One thread: the test begun last is the one that brought the program down.
                culprit = parsed.started if parsed.started in missing else None
                culprit = culprit or next((name for name in missing if name not in outcome.verdicts), None)
                if culprit is not None:
                    outcome.fail(culprit, f"the test ended the test program: {_ending(done)}\n{_tail(done)}")
        for name in names:
            if name not in outcome.verdicts:
                outcome.fail(name, f"it gave no verdict: the test program ended early ({_ending(done)})")
        return outcome

    def _one_by_one(self, program: TestProgram, names: list[str], outcome: Outcome) -> Outcome:
        """Something hangs: give each test without a verdict a share of the time that is left."""
        missing = [name for name in names if name not in outcome.verdicts]
        for index, name in enumerate(missing):
            if index >= _ALONE or self._end <= time.monotonic():
                outcome.fail(name, "it was not run: the time for the tests is used up")
                continue
            share = self.left_s / (min(len(missing), _ALONE) - index + 1)
            parsed, done = self._by_names(program, [name], share)
            fresh = _settled(parsed, done, [name])
            if name in fresh.verdicts:
                outcome.verdicts[name] = fresh.verdicts[name]
                outcome.outputs |= fresh.outputs
            else:
                outcome.fail(name, f"{_ending(done)}\n{_tail(done)}")
        return outcome

    def _by_names(
        self, program: TestProgram, names: Sequence[str], limit_s: float | None = None
    ) -> tuple[LibtestRun, Completed]:
        chosen = ["--exact", *names] if len(names) <= _BY_EXACT_NAME else []
        done = self._start(program, ["--test-threads=1", *chosen], limit_s or self.left_s)
        return parse_libtest(done.stdout), done

    def _start(self, program: TestProgram, arguments: Sequence[str], limit_s: float) -> Completed:
        return self._lane.run(
            [program.executable, *arguments],
            timeout_s=min(limit_s, self.left_s),
            cancel=self.cancel,
            what=f"the tests of {program.unit}",
            folder=program.folder,
            extra=program.environment,
            partial=True,
        )


def _settled(parsed: LibtestRun, done: Completed, names: Sequence[str]) -> Outcome:
    """What a run of ``names`` says for certain. Success counts only if the program agrees by its exit code."""
    outcome = Outcome(dict(parsed.verdicts), dict(parsed.outputs))
    if not parsed.finished:
        return outcome
    passed, failed, ignored = parsed.counted
    if done.ok and failed == 0 and passed + ignored == parsed.announced:
        # Some names may be hidden behind what tests printed; the counts say that they passed.
        hidden = [name for name in names if name not in outcome.verdicts]
        if len(hidden) == parsed.announced - len(outcome.verdicts):
            outcome.verdicts |= dict.fromkeys(hidden, Verdict.OK)
    elif not done.ok and Verdict.FAILED not in outcome.verdicts.values():
        outcome.verdicts = {n: v for n, v in outcome.verdicts.items() if v is Verdict.IGNORED}
    return outcome


def _ending(done: Completed) -> str:
    if done.stopped == "timeout":
        return f"it did not end within {done.wall_ms / 1000:.0f} s"
    if done.stopped is not None:
        return f"it went over the sandbox's limit for {done.stopped}"
    return f"signal {done.signal}" if done.signal is not None else f"exit code {done.exit_code}"


def _tail(done: Completed) -> str:
    text = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace").strip()
    return text[-_TAIL:]
