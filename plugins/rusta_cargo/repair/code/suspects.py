"""Where a wrong result may come from: the functions that failing tests reach, ranked.

There is no coverage to go by, so what a test runs is read off the names it calls, and what those call. A function is as
suspicious as Ochiai's formula says (Abreu, Zoeteweij and van Gemund, "An evaluation of similarity coefficients for
software fault localization", PRDC 2006): failing tests that reach it over the root of (failing tests × tests that
reach it); less so the longer the chain of calls, more so when the failing assertion calls it, when the test is named
after it, and most when the panic lies in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rusta_cargo.repair.code.calling import Callers, Names, in_tests
from rusta_cargo.repair.code.examples import examples_of
from rusta_cargo.repair.code.items import Function, ItemIndex, Value
from rusta_cargo.repair.code.nodes import line_end
from rusta_cargo.repair.proposer import Situation, TestFailure

FARTHER = 0.88
ASSERTED = 1.5
NAMED = 1.25
PANICKED = 3.0
BY_CONSTANT = 0.7
# With no test that can be followed, every function is suspected alike.
UNKNOWN = 0.3
_KEY = "rusta_cargo.repair.code.suspects"
_WORDS = re.compile(r"[a-z]{3,}|[A-Z][a-z]{2,}")


@dataclass(frozen=True)
class Suspect:
    """A function or constant with its suspicion in (0, 1].

    line: where a panic lies in it. passed: tests that pass reach it, so that some of its results are right as they are.
    """

    item: Function | Value
    score: float
    line: int | None = None
    passed: bool = False


def suspects(situation: Situation) -> list[Suspect]:
    """The suspects of the failing tests, the likeliest first; nothing when no test fails."""
    if not situation.tests:
        return []
    key = (dict(situation.overrides), tuple(t.name for t in situation.tests))
    known = situation.cache.get(_KEY)
    if isinstance(known, tuple) and known[0] == key:
        found: list[Suspect] = known[1]
        return found
    found = _Spectrum(situation).ranked()
    situation.cache[_KEY] = (key, found)
    return found


class _Spectrum:
    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._index = ItemIndex.of(situation)
        self._callers = Callers(situation, self._index)
        self._code = [
            item for item in self._index.of_kind(Function) if item.body is not None and not in_tests(situation, item)
        ]
        self._values = [
            item for item in self._index.of_kind(Value) if item.value is not None and not in_tests(situation, item)
        ]

    def ranked(self) -> list[Suspect]:
        situation = self._situation
        failed: dict[Function, int] = {}
        passed: dict[Function, int] = {}
        nearest: dict[Function, int] = {}
        favour: dict[Function, float] = {}
        for test in situation.tests:
            depths = self._reached(test)
            for function, depth in depths.items():
                failed[function] = failed.get(function, 0) + 1
                nearest[function] = min(depth, nearest.get(function, depth))
            for function in self._asserted(test):
                favour[function] = ASSERTED
        for name in situation.passing:
            for function in self._callers.reached(self._tests_named(name)):
                passed[function] = passed.get(function, 0) + 1
        words = {w.lower() for test in situation.tests for w in _WORDS.findall(test.name)}
        panics = self._panics()
        scores: dict[Function, float] = {}
        for function in self._code:
            if function in failed:
                bad = failed[function]
                ochiai = bad / math.sqrt(len(situation.tests) * (bad + passed.get(function, 0)))
                scores[function] = ochiai * FARTHER ** max(0, nearest[function] - 1)
                scores[function] *= favour.get(function, 1.0)
            elif function in panics:
                scores[function] = 0.5
            else:
                continue
            if words & {w.lower() for w in _WORDS.findall(function.name)}:
                scores[function] *= NAMED
            if function in panics:
                scores[function] *= PANICKED
        if not scores:
            scores = dict.fromkeys(self._code, UNKNOWN)
            top = 1.0
        else:
            top = max(scores.values())
        found = [Suspect(f, score / top, panics.get(f), f in passed) for f, score in scores.items()]
        found += self._constants(found)
        return sorted(found, key=lambda s: (-s.score, s.item.path, s.item.start))

    def _reached(self, test: TestFailure) -> Mapping[Function, int]:
        roots = self._tests_named(test.name)
        if roots:
            return self._callers.reached(roots)
        documented = self._documented(test.name)
        if documented:
            return {**self._callers.reached_from(self._callers.names_of_text(documented)), **self._meant_by(test.name)}
        return self._callers.reached_from(self._around_panic(test))

    def _tests_named(self, name: str) -> list[Function]:
        """The test functions that a name of the harness means."""
        path = name.partition("::")[2]
        found = []
        for item in self._index.named(path, Function) if path else ():
            whole = "::".join((*self._index.module_of(item), item.name))
            if whole == path or (in_tests(self._situation, item) and whole.endswith(f"::{path}")):
                found.append(item)
        target = name.partition("::")[0].rpartition(":")[2]
        beside = [item for item in found if f"/{item.path}".endswith((f"/{target}.rs", f"/{target}/main.rs"))]
        return beside or found

    def _documented(self, name: str) -> bytes:
        """The code of failing examples of the documentation: ``demo doc::src/lib.rs - path::name #2``."""
        unit, _, place = name.partition("::")
        file, dash, item = place.partition(" -")
        if not unit.endswith(" doc") or not dash:
            return b""
        found = []
        for path in self._index.files:
            if f"/{path}".endswith(f"/{file}"):
                found.append(examples_of(self._situation.source(path), _last(item)))
        return b"\n".join(found)

    def _meant_by(self, name: str) -> Mapping[Function, int]:
        """The function whose documentation holds a failing example."""
        last = _last(name.partition(" -")[2])
        return {f: 1 for f in self._code if f.name == last}

    def _around_panic(self, test: TestFailure) -> Names:
        """The names in the module around a panic: tests that macros write have no function of their own."""
        if test.path is None or test.line is None:
            return Names()
        return self._callers.names_around(test.path, self._byte(test.path, test.line))

    def _asserted(self, test: TestFailure) -> Iterable[Function]:
        """The functions that the failing statement of a test calls."""
        if test.path is None or test.line is None:
            return ()
        names = self._callers.names_of_statement(test.path, self._byte(test.path, test.line))
        return self._callers.meant(names)

    def _panics(self) -> dict[Function, int]:
        found: dict[Function, int] = {}
        for test in self._situation.tests:
            if test.path is None or test.line is None:
                continue
            item = self._index.at(test.path, self._byte(test.path, test.line))
            if isinstance(item, Function) and item in self._code:
                found[item] = test.line
        return found

    def _byte(self, path: str, line: int) -> int:
        """The first byte of code on a line."""
        try:
            source = self._situation.source(path)
        except LookupError:
            return 0
        start = 0
        for _ in range(line - 1):
            start = source.find(b"\n", start) + 1
        text = source[start : line_end(source, start)]
        return start + len(text) - len(text.lstrip())

    def _constants(self, functions: Iterable[Suspect]) -> list[Suspect]:
        best: dict[Value, float] = {}
        for suspect in functions:
            assert isinstance(suspect.item, Function)
            words = self._callers.words(suspect.item)
            for value in self._values:
                if value.name in words:
                    best[value] = max(best.get(value, 0.0), suspect.score * BY_CONSTANT)
        for value in self._named_at_panics():
            best[value] = 1.0
        return [Suspect(value, score) for value, score in best.items()]

    def _named_at_panics(self) -> Iterable[Value]:
        """The constants that are handed to a macro which writes the function that panics."""
        for test in self._situation.tests:
            if test.path is None or test.line is None:
                continue
            byte = self._byte(test.path, test.line)
            if self._index.at(test.path, byte) is None:
                words = self._callers.names_of_statement(test.path, byte).words
                yield from (value for value in self._values if value.name in words)


def _last(item: str) -> str:
    """The item's own name in `` path::name<T>::other #2``."""
    return item.strip().partition(" ")[0].rpartition("::")[2].partition("<")[0]
