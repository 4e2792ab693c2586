"""What an arm prints about a variant when its siblings print something about theirs.

A new variant's message stands nowhere; but that there is one does, and which form it has: ``write!(f, "…")`` or a plain
text, places named in the text or listed after it, the names that fields of this type get. The words are the variant's own.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.arms import PATH, Sibling
from rusta_cargo.repair.code.items import Field, ItemIndex, Variant
from rusta_cargo.repair.code.similar import words_of

_TEXT = r'"(?P<text>(?:[^"\\]|\\.)*)"'
_FORMATTED = re.compile(rf"(?P<head>(?:write|format)!\((?:[\w.]+,\s*)?){_TEXT}(?P<rest>,.*)?\)", re.DOTALL)
_WRITTEN = re.compile(rf"(?P<head>\w+\.write_str\(|String::from\(|){_TEXT}(?P<tail>\)|\.\w+\(\)|)")
_LETTERS = re.compile(r"""(?P<quote>["'])(?P<text>[A-Za-z]{1,4})(?P=quote)""")
_NAMED_PLACE = re.compile(r"\{[a-z_]\w*")
_SHOWN = frozenset(("String", "str", "char", "bool", "Cow", *types.NUMBERS, *types.FLOATS))
_KEYWORDS = frozenset(
    (*keyword.kwlist, "type", "match", "fn", "let", "ref", "move", "box", "use", "mod", "self", "loop")
)
_WEIGHT, _BARE = 0.45, 0.5


def texts_for(variant: Variant, siblings: Sequence[Sibling], index: ItemIndex) -> Iterator[tuple[str, str, float]]:
    """(pattern, body, how likely) of arms that say something about ``variant`` in the form that its siblings have."""
    formed = [(s, m) for s in siblings if (m := _FORMATTED.fullmatch(s.body)) is not None]
    written = [(s, m) for s in siblings if (m := _WRITTEN.fullmatch(s.body)) is not None]
    if len(formed) + len(written) < max(2, len(siblings) - 1):
        return
    path = next((found for s in siblings if s.variant for found in PATH.findall(s.pattern)), "")
    head, _, _ = path.rpartition("::")
    name = f"{head}::{variant.name}" if head else variant.name
    bound = _bound(variant, siblings, index)
    pattern = _pattern(name, variant, bound)
    texts = [m["text"] for _, m in (*formed, *written)]
    words = _cased(" ".join(words_of(variant.name)), texts)
    if not bound or not formed:
        form = (written or formed)[0][1]
        tail = form["tail"] if written else ")"
        yield pattern if formed or not bound else _pattern(name, variant, []), f'{form["head"]}"{words}"{tail}', _WEIGHT
        return
    inline = any(_NAMED_PLACE.search(m["text"]) for _, m in formed)
    places = [f"{{{place if inline else ''}{mark}}}" for place, mark in bound]
    rest = "" if inline else "".join(f", {place}" for place, _ in bound)
    prefix = formed[0][1]["head"]
    if len(bound) == 1 and _bare(variant.fields[0], variant, formed, index):
        yield pattern, f'{prefix}"{places[0]}"{rest})', _BARE
    own = len(bound) == 1 and bound[0][0] == words_of(variant.name)[-1]
    yield pattern, f'{prefix}"{words}{"" if own else ":"} {", ".join(places)}"{rest})', _WEIGHT


def shortened(sibling: Sibling, name: str) -> str | None:
    """``"e"`` for ``Error`` where ``Debug`` has ``"d"``: the body of a sibling that is the start of its name."""
    found = _LETTERS.fullmatch(sibling.body)
    if found is None or found["text"].lower() != sibling.variant[: len(found["text"])].lower():
        return None
    mine = name[: len(found["text"])]
    spelt = mine.upper() if found["text"].isupper() else mine.lower() if found["text"].islower() else mine
    return f"{found['quote']}{spelt}{found['quote']}"


def renamed_binding(pattern: str, body: str, mine: Variant, other: Variant, siblings: Sequence[Sibling],
                    index: ItemIndex) -> tuple[str, str]:  # fmt: skip
    """An arm made after that of ``mine`` for ``other``, whose one field has another type and so another name."""
    if (
        mine.shape != "tuple"
        or len(mine.fields) != 1
        or types.same(mine.fields[0].type.text, other.fields[0].type.text)
    ):
        return pattern, body
    names = _names(pattern)
    bound = _bound(other, siblings, index)
    called = {types.tidy(kind) for kind, name in _called(other, siblings, index) if names == [name]}
    if len(names) != 1 or not bound or len(called) > 1:  # one name for all types says nothing about the type
        return pattern, body
    old, new = names[0], bound[0][0]
    parts = re.split(r'("(?:[^"\\]|\\.)*")', body)
    for at, part in enumerate(parts):
        parts[at] = re.sub(rf"\{{{old}(?=[:}}])" if at % 2 else rf"\b{old}\b", ("{" if at % 2 else "") + new, part)
    return re.sub(rf"\b{old}\b", new, pattern), "".join(parts)


def _bound(variant: Variant, siblings: Sequence[Sibling], index: ItemIndex) -> list[tuple[str, str]]:
    """A name for each field and how it is shown, ``:?`` or nothing."""
    found: list[tuple[str, str]] = []
    for field in variant.fields:
        name = field.name if variant.shape == "named" else _name(field, variant, siblings, index)
        while any(name == other for other, _ in found):
            name += "_other" if not name.endswith("_other") else "_too"
        found.append((name, "" if _displayed(field, index) else ":?"))
    return found


def _name(field: Field, variant: Variant, siblings: Sequence[Sibling], index: ItemIndex) -> str:
    """As siblings call a field of this type; else the last word of its own type or of the variant."""
    votes: dict[str, int] = {}
    fault = _fault(field.type.text, index)
    for kind, name in _called(variant, siblings, index):
        if types.same(kind, field.type.text) or (fault and _fault(kind, index)):
            votes[name] = votes.get(name, 0) + 1
    if votes:
        return max(votes, key=lambda name: votes[name])
    head = types.head(field.type.text)
    last = words_of(variant.name if head in _SHOWN or not head.isidentifier() else head)[-1]
    return f"{last}_" if last in _KEYWORDS else last


def _called(variant: Variant, siblings: Sequence[Sibling], index: ItemIndex) -> Iterator[tuple[str, str]]:
    """(type, name) of what the siblings bind from other tuple variants of the same enum."""
    for sibling in siblings:
        mine = next((v for v in index.named(sibling.variant, Variant) if v.parent is variant.parent), None)
        names = _names(sibling.pattern)
        if mine is not None and mine.shape == "tuple" and len(names) == len(mine.fields):
            yield from zip((field.type.text for field in mine.fields), names, strict=True)


def _names(pattern: str) -> list[str]:
    inner = pattern.partition("(")[2].rpartition(")")[0]
    parts = [part.strip().removeprefix("ref ").lstrip("&") for part in inner.split(",") if part.strip()]
    return parts if all(re.fullmatch(r"[a-z]\w*", part) for part in parts) else []


def _pattern(name: str, variant: Variant, bound: list[tuple[str, str]]) -> str:
    names = ", ".join(one for one, _ in bound)
    if variant.shape == "named":
        return f"{name} {{ {names} }}" if bound else f"{name} {{ .. }}"
    if variant.shape == "tuple":
        return f"{name}({names})" if bound else f"{name}(..)"
    return name


def _cased(words: str, texts: Sequence[str]) -> str:
    """The words with the capital and the full stop that all the texts have."""
    plain = [text for text in texts if text and not text.startswith("{")]
    if plain and all(text[0].isupper() for text in plain):
        words = words[:1].upper() + words[1:]
    return words


def _displayed(field: Field, index: ItemIndex) -> bool:
    kind = types.strip_references(field.type.text)
    return types.head(kind) in _SHOWN or _fault(field.type.text, index) or index.implements(kind, "Display")


def _fault(kind: str, index: ItemIndex) -> bool:
    """It is the type of an error."""
    kind = types.strip_references(kind)
    own = index.type_named(kind)
    if own is not None:
        return index.implements(own.name, "Display") and index.implements(own.name, "Error")
    return types.head(kind).endswith("Error") or re.search(r"\bdyn\s+(?:\w+::)*Error\b", kind) is not None


def _bare(field: Field, variant: Variant, formed: Sequence[tuple[Sibling, re.Match[str]]], index: ItemIndex) -> bool:
    """Siblings that hold one such thing show it without a word: those with an error, or most of them."""
    fault = _fault(field.type.text, index)
    alike = []
    for sibling, found in formed:
        mine = next((v for v in index.named(sibling.variant, Variant) if v.parent is variant.parent), None)
        if mine is not None and len(mine.fields) == 1 and _fault(mine.fields[0].type.text, index) == fault:
            alike.append(re.fullmatch(r"\{[\w:?]*\}", found["text"]) is not None)
    return 2 * sum(alike) > len(alike)
