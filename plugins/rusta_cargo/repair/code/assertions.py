"""What the messages of failing tests tell: the two sides of assertions, how they differ, and what that speaks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from rusta_cargo.repair.proposer import Situation, TestFailure

_SIDES = re.compile(r"^\s*left: (.*?),?\n\s*right: (.*?)$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d+)?(?:e-?\d+)?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
MOST_GIVEN = 12
_NOTHING = frozenset({"0", "0.0", "false", '""', "None", "[]", "{}", "()"})
_LONGEST_STATEMENT = 6
_OPENING = {"[": "]", "{": "}", "(": ")"}


@dataclass(frozen=True)
class Sides:
    """Both sides of an assertion, as they were printed."""

    left: str
    right: str


@dataclass
class Evidence:
    """What all failing tests say together.

    ``steps``: by what whole numbers differ; ``numbers`` and ``texts``: pairs that differ; ``given``: numbers that the
    failing tests are written with.
    """

    sides: list[Sides] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    steps: list[int] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    favours: dict[str, float] = field(default_factory=dict)

    @property
    def below_zero(self) -> bool:
        """A number is negative on one side only."""
        return any(a.startswith("-") != b.startswith("-") for a, b in self.numbers)

    @property
    def nothing(self) -> bool:
        """What was got, or what was wanted, is what a type gives for nothing."""
        return any({side.left, side.right} & _NOTHING for side in self.sides)

    def favour(self, family: str) -> float:
        """How much more a kind of change counts."""
        return self.favours.get(family, 1.0)


def evidence_of(situation: Situation) -> Evidence:
    """The evidence of the failing tests."""
    found = Evidence()
    table = behaviour_table()
    for test in situation.tests:
        for rule in table["panic"]:
            if re.search(rule["pattern"], f"{test.message}\n{test.output[-2000:]}"):
                _add(found, rule["favours"])
        sides = sides_of(test)
        if sides is not None:
            found.sides.append(sides)
            for tag in differences(sides, found):
                if tag not in found.tags:
                    found.tags.add(tag)
                    _add(found, table["difference"][tag])
            found.given += [n for n in _given(situation, test) if n not in found.given][: MOST_GIVEN - len(found.given)]
    return found


def _given(situation: Situation, test: TestFailure) -> list[str]:
    """The numbers on the line of a failing assertion, and of the statement that it begins."""
    if test.path is None or test.line is None:
        return []
    try:
        lines = situation.source(test.path).decode("utf-8", "replace").splitlines()
    except LookupError:
        return []
    statement = ""
    for line in lines[test.line - 1 : test.line - 1 + _LONGEST_STATEMENT]:
        statement += f"{line}\n"
        if ");" in line:
            break
    return [number.removeprefix("-") for number in _NUMBER.findall(_STRING.sub("", statement))]


@cache
def behaviour_table() -> dict[str, Any]:
    """The data of ``data/behaviour.toml``."""
    text = (files("rusta_cargo") / "repair" / "data" / "behaviour.toml").read_text("utf-8")
    return tomllib.loads(text)


def _add(found: Evidence, favours: Mapping[str, float]) -> None:
    for family, factor in favours.items():
        found.favours[family] = max(found.favours.get(family, 1.0), float(factor))


def sides_of(test: TestFailure) -> Sides | None:
    """The values that ``assert_eq!`` printed."""
    match = _SIDES.search(test.message)
    if match is None:
        return None
    return Sides(match[1].strip().strip("`"), match[2].strip().strip("`").rstrip("`"))


def differences(sides: Sides, found: Evidence) -> Iterator[str]:
    """The tags of how two printed values differ; numbers and strings are kept in ``found``."""
    left, right = sides.left, sides.right
    if {left, right} == {"true", "false"}:
        yield "boolean"
    if ("None" in (left, right)) or {left[:3], right[:3]} == {"Ok(", "Err"}:
        yield "presence"
    words = re.compile(r"[A-Z]\w*")
    if words.match(left) and words.match(right) and words.match(left)[0] != words.match(right)[0]:  # type: ignore[index]
        yield "variant"
    yield from _numbers(left, right, found)
    yield from _strings(left, right, found)
    yield from _lists(left, right)


def _numbers(left: str, right: str, found: Evidence) -> Iterator[str]:
    bare_left, bare_right = _STRING.sub("", left), _STRING.sub("", right)
    mine, theirs = _NUMBER.findall(bare_left), _NUMBER.findall(bare_right)
    if not mine or len(mine) != len(theirs):
        return
    unequal = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    for a, b in unequal[:4]:
        found.numbers += [(a, b)] if (a, b) not in found.numbers else []
        if "." not in a + b and "e" not in a + b:
            step = int(b) - int(a)
            found.steps += [s for s in (step, -step) if s not in found.steps]
            if abs(step) == 1:
                yield "one"
        if a.removeprefix("-") == b.removeprefix("-"):
            yield "sign"
    if unequal:
        yield "number"


def _strings(left: str, right: str, found: Evidence) -> Iterator[str]:
    mine, theirs = _STRING.findall(left), _STRING.findall(right)
    if not mine or len(mine) != len(theirs):
        return
    for a, b in zip(mine, theirs, strict=True):
        if a == b:
            continue
        found.texts.append((a[1:-1], b[1:-1]))
        yield "text"
        if a.lower() == b.lower():
            yield "case"
        if a.replace(" ", "") == b.replace(" ", ""):
            yield "space"
        if a[1:-1] == b[1:-1][::-1]:
            yield "reversed"


def _lists(left: str, right: str) -> Iterator[str]:
    mine, theirs = _members(left), _members(right)
    if mine is None or theirs is None:
        return
    if len(mine) != len(theirs):
        yield "longer"
        if set(mine) == set(theirs):
            yield "repeats"
    elif mine == theirs[::-1]:
        yield "reversed"
    if mine != theirs and sorted(mine) == sorted(theirs):
        yield "same_members"


def _members(printed: str) -> list[str] | None:
    """The elements of a printed list or set."""
    if not printed or printed[0] not in "[{" or printed[-1] != _OPENING[printed[0]]:
        return None
    parts, depth, last, quoted = [], 0, 1, False
    for index, char in enumerate(printed):
        if char == '"' and printed[index - 1] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "[{(":
            depth += 1
        elif char in ")}]":
            depth -= 1
        elif char == "," and depth == 1:
            parts.append(printed[last:index].strip())
            last = index + 1
    rest = printed[last:-1].strip()
    return [*parts, rest] if rest else parts
