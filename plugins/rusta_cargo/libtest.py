"""Reading what Rust's test harness prints for people; its JSON form is not on stable compilers.

    running 2 tests
    test tests::adds ... ok
    test tests::divides - should panic ... FAILED

    failures:

    ---- tests::divides stdout ----
    …
    failures:
        tests::divides

    test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

A program may print between these lines, and may end anywhere. What is not certain is left out: the caller asks again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

_RUNNING = re.compile(r"^running (\d+) tests?$")
_VERDICT = re.compile(r"^test (.+?) \.\.\. (ok|FAILED|ignored|bench:)(?:,? .*)?$")
_STARTED = re.compile(r"^test (.+?) \.\.\. (.*)$")
_RESULT = re.compile(r"^test result: (ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored; (\d+) measured")
_SECTION = re.compile(r"^---- (.+) (?:stdout|stderr) ----$")
_SUFFIX = re.compile(r"(?: - (?:should panic|compile fail|compile))+$")
_THREAD = re.compile(r"^(thread '[^'\n]*') \(\d+\) panicked", re.MULTILINE)
_PANIC = re.compile(r"^thread '[^\n]*?' (?:\(\d+\) )?panicked at (.+?):(\d+):(\d+):$", re.MULTILINE)
_OLD_PANIC = re.compile(r"^thread '[^\n]*?' panicked at '(.*?)', (.+?):(\d+):(\d+)$", re.MULTILINE | re.DOTALL)
_DOCTEST = re.compile(r"^(.*) \(line \d+\)$")


class Verdict(StrEnum):
    """How one test ended."""

    OK = "ok"
    FAILED = "failed"
    IGNORED = "ignored"


_WORDS = {
    "ok": Verdict.OK,
    "bench:": Verdict.OK,
    "FAILED": Verdict.FAILED,
    "ignored": Verdict.IGNORED,
}


@dataclass
class LibtestRun:
    """One run of one or several test programs.

    announced: how many tests were to run. counted: (passed, failed, ignored) by the result lines. finished: as many
    results as beginnings came. started: the test begun last without a verdict, as single-threaded runs show it.
    """

    announced: int = 0
    counted: tuple[int, int, int] = (0, 0, 0)
    finished: bool = False
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    started: str | None = None

    @property
    def complete(self) -> bool:
        """Every announced test has a verdict, and the result lines agree."""
        found = list(self.verdicts.values())
        counts = tuple(found.count(verdict) for verdict in (Verdict.OK, Verdict.FAILED, Verdict.IGNORED))
        return self.finished and counts == self.counted and len(found) == self.announced


def parse_libtest(output: bytes) -> LibtestRun:
    """Reads the standard output of a test program, or of several one after the other."""
    reader = _Reader()
    for line in output.decode("utf-8", "replace").split("\n"):
        reader.take(line.rstrip("\r"))
    return reader.end()


class _Reader:
    """Line by line. Between the two lines "failures:" stands what tests printed, which may look like anything; only a
    list of names followed at once by a result ends it."""

    def __init__(self) -> None:
        self.run = LibtestRun()
        self._blocks = self._results = 0
        self._passed = self._failed = self._ignored = 0
        self._in_failures = False
        self._section: str | None = None
        self._lines: list[str] = []
        self._names: list[str] | None = None

    def take(self, line: str) -> None:
        if self._in_failures:
            self._take_failure(line)
        elif found := _RUNNING.match(line):
            self._blocks += 1
            self.run.announced += int(found[1])
            self.run.started = None
        elif found := _VERDICT.match(line):
            self.run.verdicts[test_name(found[1])] = _WORDS[found[2]]
            self.run.started = None
        elif found := _STARTED.match(line):
            self.run.started = test_name(found[1])
        elif line in ("ok", "FAILED") and self.run.started is not None:
            # The test printed something of its own between its name and its verdict.
            self.run.verdicts[self.run.started] = _WORDS[line]
            self.run.started = None
        elif line == "failures:" and self._blocks:
            self._in_failures = True
        else:
            self._take_result(line)

    def _take_failure(self, line: str) -> None:
        if self._names is not None:
            if not line or (line.startswith("    ") and line[4:5].strip()):
                self._names.append(line)
                return
            if self._take_result(line):
                self._end_block()
                return
            self._lines += ["failures:", *self._names]
            self._names = None
        if line == "failures:":
            self._names = []
        elif found := _SECTION.match(line):
            self._close_section()
            self._section = test_name(found[1])
        else:
            self._lines.append(line)

    def _end_block(self) -> None:
        for name in self._names or ():
            if name:
                self.run.verdicts[test_name(name.strip())] = Verdict.FAILED
        self._close_section()
        self._in_failures, self._names = False, None

    def _take_result(self, line: str) -> bool:
        found = _RESULT.match(line)
        if found is None:
            return False
        self._results += 1
        self._passed += int(found[2]) + int(found[5])
        self._failed += int(found[3])
        self._ignored += int(found[4])
        return True

    def _close_section(self) -> None:
        if self._section is not None:
            text = "\n".join(self._lines).strip("\n")
            self.run.outputs[self._section] = _THREAD.sub(r"\1 panicked", text)
        self._section, self._lines = None, []

    def end(self) -> LibtestRun:
        self._close_section()
        self.run.finished = 0 < self._blocks == self._results
        self.run.counted = (self._passed, self._failed, self._ignored)
        return self.run


def parse_list(output: bytes) -> tuple[str, ...]:
    """The names in the output of ``--list --format terse``, in the harness's order."""
    lines = output.decode("utf-8", "replace").splitlines()
    return tuple(line.removesuffix(": test") for line in lines if line.endswith(": test"))


def test_name(shown: str) -> str:
    """The name without what the harness adds: ``tests::b - should panic`` is ``tests::b``."""
    return _SUFFIX.sub("", shown)


test_name.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def stable_doctest_names(names: tuple[str, ...]) -> dict[str, str]:
    """Doctest names without their line, which moves with every edit above it; repeats are numbered in order."""
    seen: dict[str, int] = {}
    result: dict[str, str] = {}
    for name in sorted(names, key=_doctest_order):
        found = _DOCTEST.match(name)
        stem = found[1] if found else name
        seen[stem] = seen.get(stem, 0) + 1
        result[name] = stem if seen[stem] == 1 else f"{stem} #{seen[stem]}"
    return result


def _doctest_order(name: str) -> tuple[str, int]:
    found = _DOCTEST.match(name)
    return (found[1], int(name[len(found[1]) + 7 : -1])) if found else (name, 0)


@dataclass(frozen=True)
class Panic:
    """A panic's message and place, as printed."""

    message: str
    path: str
    line: int
    column: int


def find_panic(output: str) -> Panic | None:
    """The first panic in a test's output."""
    if found := _PANIC.search(output):
        lines = output[found.end() :].lstrip("\n").split("\n")
        message = []
        for line in lines:
            if line.startswith(("note: run with `RUST_BACKTRACE", "stack backtrace:", "thread '")):
                break
            message.append(line)
        return Panic("\n".join(message).strip(), found[1], int(found[2]), int(found[3]))
    if found := _OLD_PANIC.search(output):
        return Panic(found[1], found[2], int(found[3]), int(found[4]))
    return None
