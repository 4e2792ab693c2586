"""Which brackets of a text are missing or too many, told by their kinds and by the indentation of their lines.

Text that people write is indented as it is meant, so among all the ways to balance the brackets the one whose closing
lines stand under their opening lines is nearly always right. Nothing here parses; a grammar may judge afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rusta_cargo.repair.code.lexer import CLOSERS, OPENERS, Token, tokens

# A line that begins so, or holds one of these, may be the head of a block.
HEADS = (
    b"fn", b"if", b"else", b"for", b"while", b"loop", b"match", b"impl", b"trait", b"struct", b"enum", b"mod",
    b"unsafe", b"async", b"union", b"extern", b"move",
)  # fmt: skip
_MOST = 240
# The rank of a bracket that would open an empty pair.
EMPTY = 7


@dataclass(frozen=True)
class Fix:
    """Put ``text`` in place of ``start..end``. ``disorder`` counts what is odd about the result; 0 is best.

    ``kind``: close, delete, open or change. ``rank`` orders equally tidy fixes by how they usually come about.
    """

    kind: str
    start: int
    end: int
    text: str
    disorder: int
    rank: int = 5


# What stands before a bracket that was lost, when nothing but the bracket is gone.
_PRELUDE = frozenset(
    b"""
    Some Ok Err Box Vec String vec println print eprintln format assert assert_eq assert_ne panic write
    writeln matches derive cfg allow if while match return in let mut ref move as not any all new push
    pop insert get get_mut remove contains contains_key map filter fold find sum min max abs len iter
    chars lines split trim parse expect unwrap_or unwrap_or_else map_err ok_or and_then extend take skip
    zip chunks windows rev push_str starts_with ends_with entry or_insert or_default join Debug Default
    Clone Copy PartialEq Eq Hash replace repeat from into with_capacity sort_by sort_by_key
    unused dead_code unused_variables warnings warn deny forbid feature test non_snake_case missing_docs
    """.split()
)


@dataclass(frozen=True)
class _Bracket:
    kind: bytes
    byte: int
    line: int
    leads: bool  # it is the first token of its line


class Brackets:
    """The brackets of one text and the fixes that would balance them."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.tokens = list(tokens(source))
        self._token_starts = [token.start for token in self.tokens]
        self._starts = [0, *(i + 1 for i, byte in enumerate(source) if byte == 10)]
        self._words = _PRELUDE | {token.text for token in self.tokens if token.kind == "word"}
        self._first: dict[int, Token] = {}
        self._last: dict[int, Token] = {}
        for token in self.tokens:
            self._first.setdefault(self.line(token.start), token)
            self._last[self.line(token.end - 1)] = token
        self.brackets = [
            _Bracket(t.text, t.start, line, self._first[line] is t)
            for t in self.tokens
            if t.kind == "punctuation" and (t.text in OPENERS or t.text in CLOSERS)
            for line in [self.line(t.start)]
        ]

        self._bracket_starts = [bracket.byte for bracket in self.brackets]

    def line(self, byte: int) -> int:
        """The number of the line of ``byte``, from 0."""
        return bisect_right(self._starts, byte) - 1

    def indent(self, line: int) -> int:
        """How far the first token of ``line`` is indented, in bytes; -1 when the line has none."""
        first = self._first.get(line)
        return -1 if first is None else first.start - self._starts[line]

    def fixes(self) -> list[Fix]:
        """Single changes after which every bracket has its partner, the tidiest first. Empty when all have one now."""
        unmatched, suspects = self._match(self.brackets)
        if not unmatched or not all(token.closed for token in self.tokens):
            return []  # a string that never ends swallows brackets: it has to be ended first
        found: dict[tuple[int, int, str], Fix] = {}
        for kind, start, end, text, brackets in self._changes(unmatched, suspects):
            if self._inside_token(start):
                continue  # a line that begins inside a string is no place for a bracket
            wrong, odd = self._match(brackets)
            if not wrong:
                fix = Fix(kind, start, end, text, len(odd), self._rank(kind, start, text))
                found.setdefault((start, end, text), fix)
            if len(found) >= _MOST:
                break
        return sorted(found.values(), key=lambda fix: (fix.disorder, fix.rank))

    def _inside_token(self, byte: int) -> bool:
        at = bisect_left(self._token_starts, byte) - 1
        if self.source[max(0, byte - 1) : byte + 1] == b"''":
            return True  # between two quotes it would be a character
        return at >= 0 and self.tokens[at].kind != "word" and byte < self.tokens[at].end  # words may be split

    def _rank(self, kind: str, place: int, text: str) -> int:
        before, after = self.source[max(0, place - 1) : place], self.source[place : place + 1]
        if kind == "open" and after == OPENERS[text.strip().encode()] and not self._callable(place):
            return EMPTY  # nothing but an empty pair of brackets would come of it
        if kind == "delete" and before == self.source[place : place + 1]:
            return 0 if before == b"}" else 2  # a bracket that was typed twice
        if kind == "open" and text in "([":
            if _is_word(before) and _is_word(after):
                return 0  # two words have grown together
            return 1 if (_is_word(before) or before == b"!") and not after.isspace() else 4
        if kind == "close" and text.strip() == "}" and before == b"{":
            return 6  # an empty block is hardly ever what was meant
        if kind == "close" and text.strip() == ")":
            grouped = self._grouped(place)
            if grouped is not None:
                return grouped
        if kind == "close" and text.strip() in ")]":
            return 2 if after in b";{,?\n" else 3
        return {"close": 2, "delete": 3, "open": 2, "change": 2}[kind]

    def _grouped(self, place: int) -> int | None:
        """The rank of a ``)`` that closes a group, ``(a + b)``, at ``place``; None where it closes something else."""
        depth, opener = 0, None
        for bracket in reversed(self.brackets[: bisect_left(self._bracket_starts, place)]):
            depth += (bracket.kind == b")") - (bracket.kind == b"(")
            if depth < 0:
                opener = bracket.byte
                break
        if opener is None or re.search(rb"[\w!)\]>?]\s*$", self.source[max(0, opener - 20) : opener]):
            return None
        inside = self.source[opener + 1 : place]
        if self.source[max(0, opener - 1) : opener] == b"(" and self.source[place : place + 1] == b")":
            return 5  # nobody writes `((a + b))`
        if not re.search(rb"\s|\.\.|^[-!*&]", inside) or self.source[place : place + 2] == b"..":
            return 5  # a group of one name
        return 1 if self.source[place : place + 1] in (b".", b"?") else None

    def _callable(self, place: int) -> bool:
        """What stands before ``place`` may be called: a word, no number."""
        return re.search(rb"(?<![\w.])[A-Za-z_]\w*!?$", self.source[max(0, place - 80) : place]) is not None or (
            re.search(rb"\.[A-Za-z_]\w*$", self.source[max(0, place - 80) : place]) is not None
        )

    def _splits(self, token: Token) -> Iterator[int]:
        """Places inside a word where a bracket between two known words may have been lost."""
        for cut in range(1, len(token.text)):
            rest = token.text[cut:]
            if token.text[:cut] in self._words and (rest in self._words or rest.isdigit()):
                yield token.start + cut

    def _match(self, brackets: Sequence[_Bracket]) -> tuple[list[_Bracket], list[_Bracket]]:
        """(brackets without a partner, brackets whose partner stands under another indentation)."""
        stack: list[_Bracket] = []
        wrong: list[_Bracket] = []
        odd: list[_Bracket] = []
        for bracket in brackets:
            if bracket.kind in OPENERS:
                stack.append(bracket)
                continue
            wanted = CLOSERS[bracket.kind]
            depth = next((i for i in range(len(stack) - 1, -1, -1) if stack[i].kind == wanted), None)
            if depth is None:
                wrong.append(bracket)
                continue
            wrong += stack[depth + 1 :]
            opener = stack[depth]
            del stack[depth:]
            if self._odd(opener, bracket):
                odd += (opener, bracket)
        return wrong + stack, odd

    def _odd(self, opener: _Bracket, closer: _Bracket) -> bool:
        if opener.line == closer.line:
            return False
        if closer.leads:
            return self.indent(closer.line) != self.indent(opener.line)
        # A brace that opens a block at the end of its line is closed by a line of its own.
        return opener.kind == b"{" and self._ends_line(opener)

    def _ends_line(self, bracket: _Bracket) -> bool:
        last = self._last.get(bracket.line)
        return last is not None and last.start == bracket.byte

    def _changes(
        self, unmatched: Sequence[_Bracket], odd: Sequence[_Bracket]
    ) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        suspects = list(dict.fromkeys([*odd, *unmatched]))
        suspects.sort(key=lambda item: item.byte)
        for item in suspects:
            if item.kind in OPENERS:
                yield from self._closings(item)
            else:
                yield "delete", *self._deletion(item), self._without(item)
                yield from self._doubled(item)
                yield from self._kinds(item)
                yield from self._openings(item)
        for item in unmatched:
            if item.kind in OPENERS:
                yield "delete", *self._deletion(item), self._without(item)
                yield from self._kinds(item)

    def _doubled(self, closer: _Bracket) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        """Closers in the same line that stand right behind one of their kind: the one too many may be there."""
        for item in self.brackets:
            near = item.line == closer.line and item.byte < closer.byte and item.kind == closer.kind
            if near and self.source[item.byte - 1 : item.byte] == item.kind:
                yield "delete", *self._deletion(item), self._without(item)

    def _without(self, item: _Bracket) -> list[_Bracket]:
        return [other for other in self.brackets if other is not item]

    def _with(self, kind: bytes, byte: int, line: int, leads: bool) -> list[_Bracket]:
        new = _Bracket(kind, byte, line, leads)
        place = bisect_right([item.byte for item in self.brackets], byte - 1)
        return [*self.brackets[:place], new, *self.brackets[place:]]

    def _deletion(self, item: _Bracket) -> tuple[int, int, str]:
        if self._first[item.line] is self._last[item.line]:
            stop = self._starts[item.line + 1] if item.line + 1 < len(self._starts) else len(self.source)
            return self._starts[item.line], stop, ""
        return item.byte, item.byte + 1, ""

    def _kinds(self, item: _Bracket) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        others = OPENERS if item.kind in OPENERS else CLOSERS
        for kind in others:
            if kind != item.kind:
                changed = [
                    _Bracket(kind, item.byte, item.line, item.leads) if other is item else other
                    for other in self.brackets
                ]
                yield "change", item.byte, item.byte + 1, kind.decode(), changed

    def _closings(self, opener: _Bracket) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        """Places for the partner of ``opener``: inside its line, and before the lines that are indented no deeper."""
        closer = OPENERS[opener.kind]
        yield from self._inline(opener, closer)
        base = self.indent(opener.line)
        newline = "\r\n" if self.source[: self._starts[-1]].endswith(b"\r\n") else "\n"
        # Only blanks: what stands before the first token may be the end of a string from the line above.
        before = self.source[self._starts[opener.line] : self._starts[opener.line] + base]
        lead = before[: len(before) - len(before.lstrip(b" \t"))].decode()
        found = 0
        for line in range(opener.line + 1, len(self._starts) + 1):
            last = line >= len(self._starts)
            if not last and (self.indent(line) < 0 or self.indent(line) > base):
                continue
            place = self._after_code(line if not last else len(self._starts))
            lines = self.line(place) if place < len(self.source) else len(self._starts)
            text = f"{lead}{closer.decode()}{newline}"
            if place and not self.source[:place].endswith(b"\n"):
                text = f"{newline}{lead}{closer.decode()}"
            new = self._with(closer, place, lines, True)
            yield "close", place, place, text, self._posed(new, place, opener)
            if not last:
                first = self._first[line]
                if first.text in (b"else", b")", b",", b";", b"]"):
                    space = " " if first.text == b"else" else ""
                    put = self._with(closer, first.start, line, True)
                    yield (
                        "close",
                        first.start,
                        first.start,
                        closer.decode() + space,
                        self._posed(put, first.start, opener),
                    )
            found += 1
            if found >= 4:
                break

    def _after_code(self, line: int) -> int:
        """The start of the line after the last one with code before ``line``."""
        before = line - 1
        while before > 0 and self.indent(before) < 0:
            before -= 1
        return self._starts[before + 1] if before + 1 < len(self._starts) else len(self.source)

    def _posed(self, brackets: list[_Bracket], byte: int, opener: _Bracket) -> list[_Bracket]:
        # The new closer will stand on a line of its own, indented like its opener: give it the opener's line.
        return [
            _Bracket(item.kind, item.byte, opener.line, False)
            if item.byte == byte and item not in self.brackets
            else item
            for item in brackets
        ]

    def _inline(self, opener: _Bracket, closer: bytes) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        text = (" " if opener.kind == b"{" else "") + closer.decode()
        line = opener.line
        inside = [token for token in self.tokens if token.start > opener.byte]
        for count, token in enumerate(inside):
            if self.line(token.start) != line or count > 60:
                break
            after = inside[count + 1] if count + 1 < len(inside) else None
            ends = after is None or self.line(after.start) != line
            if after is not None and not ends and after.text not in (
                b";", b",", b")", b"]", b"}", b"{", b".", b"?", b"=>", b"=", b"+", b"-", b"*", b"/", b"==", b"!=", b">",
                b"<", b"&&", b"||", b"as", b"->", b">=", b"<=", b"..",
            ):  # fmt: skip
                continue
            yield "close", token.end, token.end, text, self._with(closer, token.end, line, False)
        if opener.byte + 1 <= len(self.source):
            yield (
                "close",
                opener.byte + 1,
                opener.byte + 1,
                closer.decode(),
                self._with(closer, opener.byte + 1, line, False),
            )

    def _openings(self, closer: _Bracket) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        """Places for the partner of a closer: heads of blocks without a brace, and inside the closer's line."""
        opener = CLOSERS[closer.kind]
        if opener == b"{":
            yield from self._heads(closer)
        for token in reversed(self.tokens):
            if token.start >= closer.byte or self.line(token.start) < closer.line - 12:
                continue
            same = self.line(token.start) == closer.line
            places = [
                *(self._splits(token) if token.kind == "word" else ()),
                *((token.end, token.start) if same else ()),
            ]
            for place in places:
                yield (
                    "open",
                    place,
                    place,
                    opener.decode(),
                    self._with(opener, place, self.line(place), False),
                )

    def _heads(self, closer: _Bracket) -> Iterator[tuple[str, int, int, str, list[_Bracket]]]:
        """Ends of lines that look like the head of a block whose brace is missing, the nearest first."""
        for line in range(closer.line, -1, -1):
            first, last = self._first.get(line), self._last.get(line)
            if first is None or last is None or last.text in (b"{", b";", b","):
                continue
            if line == closer.line and closer.leads:
                continue
            below = next((n for n in range(line + 1, len(self._starts)) if self.indent(n) >= 0), line)
            deeper = self.indent(below) > self.indent(line)
            closes = below == line or self._first[below].text == b"}"
            # A head is followed by its block, however the lines are indented.
            bare = last.text == b")" and self._is_function(line) and self._first[below].text != b"where"
            if not (deeper or closes or bare) or not self._is_head(line):
                continue
            yield "open", last.end, last.end, " {", self._with(b"{", last.end, line, False)

    def _is_function(self, line: int) -> bool:
        """It begins with ``fn``, or with what may stand before that."""
        start, stop = self._starts[line], (*self._starts[line + 1 :], len(self.source))[0]
        words = [token.text for token in self.tokens if start <= token.start < stop]
        return b"fn" in words and words[0] in (b"fn", b"pub", b"const", b"async", b"unsafe", b"extern")

    def _is_head(self, line: int) -> bool:
        start = self._starts[line]
        stop = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.source)
        inside = [token for token in self.tokens if start <= token.start < stop]
        return any(t.kind == "word" and t.text in HEADS for t in inside) or inside[-1].text in (
            b"=>", b")", b"=", b">", b"|", b"->",
        ) or inside[-1].kind == "word"  # fmt: skip


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte == b"_"
