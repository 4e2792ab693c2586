"""Arithmetic on types as text: what rustc prints in labels, and what stands in source.

A type is a string with normal spacing (``&'a mut T``, ``HashMap<K, V>``). Nothing here resolves names: two paths are
taken for one type when their last segments and arguments agree, as rustc's labels shorten paths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

INTEGERS = ("i32", "usize", "u32", "u64", "i64", "u8", "i8", "u16", "i16", "u128", "i128", "isize")
FLOATS = ("f64", "f32")
NUMBERS = (*INTEGERS, *FLOATS)
PRIMITIVES = (*NUMBERS, "bool", "char", "str")
COPY = (*NUMBERS, "bool", "char", "()")
_OPEN, _CLOSE = "<([{", ">)]}"
_SPACES = re.compile(r"\s+")
_REFERENCE = re.compile(r"&\s*(?:'(\w+|\{[^}]*\}))?\s*(mut\b)?\s*")
_FUNCTION = re.compile(r"(?:for<[^>]*> )?(?:unsafe )?(?:extern (?:\"[^\"]*\" )?)?fn\b|\{closure|closure")
_WORD = re.compile(r"[A-Za-z_]\w*")
_PATH = re.compile(r"(?<![\w:])(?:(?:::)?[A-Za-z_]\w*::)+(?=[A-Za-z_])")

_QUALIFIED = re.compile(r"<(\w+) as [\w:<>, ]+?>::")


def tidy(text: str) -> str:
    """``text`` with single spaces, none inside brackets or before commas, and no trailing comma."""
    flat = _SPACES.sub(" ", text).strip()
    flat = re.sub(r"\s*([<(\[])\s*", lambda m: m[1], flat) if "<" in flat or "(" in flat else flat
    flat = re.sub(r",?\s*([)\]])", r"\1", flat) if not flat.startswith("(") else flat
    flat = re.sub(r",?\s*(?<!-)>", ">", flat)
    return re.sub(r"\s*,\s*", ", ", flat).replace("- >", "->").strip()


def split_top(text: str, separator: str = ",") -> list[str]:
    """The parts of ``text`` between separators that stand in no bracket, stripped; none for blank text."""
    parts, depth, last, index = [], 0, 0, 0
    while index < len(text):
        char = text[index]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE and text[index - 1 : index] not in ("-", "="):
            depth -= 1
        elif depth == 0 and text.startswith(separator, index):
            parts.append(text[last:index].strip())
            index += len(separator)
            last = index
            continue
        index += 1
    rest = text[last:].strip()
    return [*parts, rest] if rest or (parts and separator != ",") else parts


def split_generic(text: str) -> tuple[str, list[str]]:
    """``HashMap<K, V>`` as ``("HashMap", ["K", "V"])``; no arguments for anything else."""
    flat = text.strip()
    opening = flat.find("<")
    if opening <= 0 or not flat.endswith(">") or flat.startswith(("&", "*", "(", "[", "<", "dyn ", "impl ", "fn(")):
        return flat, []
    head = flat[:opening].removesuffix("::").strip()
    if not re.fullmatch(r"[\w:]+", head):
        return flat, []
    return head, split_top(flat[opening + 1 : -1])


def reference(text: str) -> tuple[str, str, str] | None:
    """(lifetime or "", "mut" or "", what it refers to) of a reference type, else None."""
    found = _REFERENCE.match(text.strip())
    if found is None or not text.strip().startswith("&"):
        return None
    return found[1] or "", found[2] or "", text.strip()[found.end() :]


def is_reference(text: str) -> bool:
    return text.strip().startswith("&")


def is_mutable_reference(text: str) -> bool:
    parts = reference(text)
    return parts is not None and bool(parts[1])


def referent(text: str) -> str:
    """The type without one reference, the type itself when it is none."""
    parts = reference(text)
    return text.strip() if parts is None else parts[2].strip()


def strip_references(text: str) -> str:
    """The type without any reference."""
    while is_reference(text):
        text = referent(text)
    return text.strip()


def head(text: str) -> str:
    """The last segment of the path of a type without its arguments: ``Vec`` for ``std::vec::Vec<u8>``."""
    return split_generic(strip_references(text))[0].rpartition("::")[2].strip()


def arguments(text: str) -> list[str]:
    """The generic arguments of a type without the references around it."""
    return split_generic(strip_references(text))[1]


def inner(text: str, *heads: str) -> str | None:
    """The first argument of a type whose head is one of ``heads``: ``T`` of ``Option<T>``; else None."""
    name, found = split_generic(text.strip())
    if name.rpartition("::")[2] not in heads or not found:
        return None
    return next((item for item in found if not item.startswith("'")), None)


def tuple_parts(text: str) -> list[str] | None:
    """The members of a tuple type; None for anything else, none for ``()``."""
    flat = text.strip()
    if not (flat.startswith("(") and flat.endswith(")")):
        return None
    body = flat[1:-1]
    parts = split_top(body)
    return None if len(parts) == 1 and not body.rstrip().endswith(",") else parts


def element(text: str) -> str | None:
    """What iterating over or indexing the type gives, when its shape tells: arrays, slices, Vec and the like."""
    flat = strip_references(text)
    if flat.startswith("[") and flat.endswith("]"):
        return split_top(flat[1:-1], ";")[0] or None
    return inner(flat, "Vec", "VecDeque", "HashSet", "BTreeSet", "LinkedList", "BinaryHeap", "Option", "Box")


def is_function(text: str) -> bool:
    """A function pointer, function item or closure type."""
    return bool(_FUNCTION.match(text.strip()))


def short(text: str) -> str:
    """The type with every path cut to its last segment and no lifetimes; for comparing only."""
    flat = re.sub(r"'\w+\s*,?\s*", "", tidy(unqualified(text)))
    flat = re.sub(r"<>", "", flat)
    return tidy(_PATH.sub("", flat))


def unqualified(text: str) -> str:
    """``A::Item`` for ``<A as Array>::Item``: the way people write an associated type."""
    return _QUALIFIED.sub(r"\1::", text) if " as " in text else text


def same(left: str, right: str) -> bool:
    """They are one type as far as their text tells; ``_`` and ``{integer}`` match what they may stand for."""
    return _same(short(left), short(right))


def _same(left: str, right: str) -> bool:
    if left == right or "_" in (left, right):
        return True
    for one, other in ((left, right), (right, left)):
        if one in ("{integer}", "integer") and (other in INTEGERS or other in ("{integer}", "integer")):
            return True
        if one in ("{float}", "floating-point number") and other in (
            *FLOATS,
            "{float}",
            "floating-point number",
        ):
            return True
    first, second = reference(left), reference(right)
    if first is not None and second is not None:
        return first[1] == second[1] and _same(first[2], second[2])
    for parts in (split_generic, _tuple, _array):
        a, b = parts(left), parts(right)
        if a[1] and a[0] == b[0] and len(a[1]) == len(b[1]):
            return all(_same(x, y) for x, y in zip(a[1], b[1], strict=True))
    return False


def _tuple(text: str) -> tuple[str, list[str]]:
    return "(", tuple_parts(text) or []


def _array(text: str) -> tuple[str, list[str]]:
    if text.startswith("[") and text.endswith("]"):
        return "[", split_top(text[1:-1], ";")
    return "[", []


def substitute(text: str, names: Mapping[str, str]) -> str:
    """``text`` with whole words (type parameters, ``Self``) replaced; the last part of a longer path is left."""

    def put(found: re.Match[str]) -> str:
        before = text[: found.start()]
        if before.endswith(("::", "'")):
            return found[0]
        return names.get(found[0], found[0])

    return _WORD.sub(put, text) if names else text


def words(text: str) -> list[str]:
    """The identifiers in a type, in order."""
    return _WORD.findall(re.sub(r"'\w+", "", text))
