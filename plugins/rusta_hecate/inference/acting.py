"""Constrained decoding of action lines: whatever the network prefers, what is drawn is ``::act v=1 verb=NAME {json}``.

The JSON is an object of strings (printable ASCII without escapes), whole numbers, literals, arrays and objects, without
spaces; no key stands twice. From ``soft`` bytes on only what closes the line is allowed, so it always ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rusta_hecate.errors import ConfigError
from rusta_hecate.inference.network import Network
from rusta_hecate.inference.sampling import Choice, generate

HEAD = b"::act v=1 verb="
_DIGITS = frozenset(b"0123456789")
_TEXT = frozenset(range(32, 127)) - frozenset(b'"\\')
_LITERALS = (b"true", b"false", b"null")
_DEPTH, _LONGEST_NUMBER, _LONGEST_TEXT = 6, 12, 200


@dataclass
class _Open:
    """An object (with the keys it has) or an array that is not closed yet."""

    object: bool
    keys: set[bytes] = field(default_factory=set)


class _Json:
    """Reads one JSON object byte by byte and knows what may come next. ``want`` names what is expected."""

    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.want = "begin"
        self.text = b""
        self.done = False

    def allowed(self, closing: bool) -> frozenset[int]:
        """The bytes that may come next; with ``closing`` only those on a way to the end."""
        want = self.want
        if want == "begin":
            return frozenset(b"{")
        if want in ("key", "text"):
            return self._in_text(closing)
        if want == "colon":
            return frozenset(b":")
        if want == "literal":
            return frozenset(word[len(self.text)] for word in _LITERALS if word.startswith(self.text))
        if want == "number":
            more = (
                frozenset() if closing or len(self.text) >= _LONGEST_NUMBER or self.text in (b"0", b"-0") else _DIGITS
            )
            return (_DIGITS - frozenset(b"0")) if self.text == b"-" else more | self._after(closing)
        if want == "after":
            return self._after(closing)
        ends = {"first key": b"}", "first value": b"]"}.get(want, b"")
        if closing:
            return frozenset(ends or (b'"' if want == "next key" else b"0"))
        if want in ("first key", "next key"):
            return frozenset(b'"' + ends)
        nested = b"{[" if len(self.open) < _DEPTH else b""
        return frozenset(b'"-tfn' + nested + ends) | _DIGITS

    def feed(self, byte: int) -> None:
        """Go one allowed byte on."""
        char = bytes([byte])
        if self.want in ("key", "text") and char != b'"':
            self.text += char
        elif self.want == "key":
            self.open[-1].keys.add(self.text)
            self.want = "colon"
        elif self.want == "text":
            self.want = "after"
        elif self.want == "colon":
            self.want = "value"
        elif self.want == "literal":
            self.text += char
            self.want = "after" if self.text in _LITERALS else "literal"
        elif self.want == "number" and char in b"0123456789":
            self.text += char
        elif char in b"{[":
            self.open.append(_Open(char == b"{"))
            self.want = "first key" if char == b"{" else "first value"
        elif char in b"}]":
            self.open.pop()
            self.want, self.done = "after", not self.open
        elif char == b",":
            self.want = "next key" if self.open[-1].object else "value"
        elif char == b'"':
            self.want, self.text = ("key" if self.want in ("first key", "next key") else "text"), b""
        else:
            self.want, self.text = ("literal" if char in b"tfn" else "number"), char

    def _in_text(self, closing: bool) -> frozenset[int]:
        taken = self.want == "key" and self.text in self.open[-1].keys
        if taken:
            return _TEXT
        return frozenset(b'"') if closing or len(self.text) >= _LONGEST_TEXT else _TEXT | frozenset(b'"')

    def _after(self, closing: bool) -> frozenset[int]:
        end = b"}" if self.open[-1].object else b"]"
        return frozenset(end if closing else end + b",")


class ActionLines:
    """A constraint for :func:`generate`: action lines with one of these verbs."""

    def __init__(self, verbs: Sequence[str], soft: int = 400) -> None:
        if not verbs:
            raise ConfigError("no verb is given; name at least one")
        self._starts = tuple(HEAD + verb.encode("ascii") + b" " for verb in sorted(verbs))
        self._soft = soft

    def __call__(self, made: bytes) -> frozenset[int] | None:
        """What may come after ``made``; None when the line is complete."""
        begun = next((start for start in self._starts if made.startswith(start)), None)
        if begun is None:
            return frozenset(start[len(made)] for start in self._starts if start.startswith(made))
        json = _Json()
        for byte in made[len(begun) :]:
            json.feed(byte)
        return None if json.done else json.allowed(closing=len(made) >= self._soft)


def action_line(network: Network, prompt: bytes, verbs: Sequence[str], choice: Choice, soft: int = 400) -> str:
    """One action line that the network finds likely after ``prompt``."""
    limit = soft + 2 * _LONGEST_TEXT + 8 * _DEPTH + len(HEAD) + 80
    return generate(network, prompt, limit, choice, ActionLines(verbs, soft)).decode("ascii")
