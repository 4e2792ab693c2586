"""What a file's author usually writes where several forms mean the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Forms that mean the same; the first is the one most people write.
STRING = (".to_string()", "String::from", ".to_owned()", ".into()")
_PATTERNS = {
    ".to_string()": rb'"\.to_string\(\)',
    "String::from": rb'String::from\("',
    ".to_owned()": rb'"\.to_owned\(\)',
    ".into()": rb'"\.into\(\)',
}


@lru_cache(maxsize=64)
def counts(source: bytes, pattern: bytes) -> int:
    return len(re.findall(pattern, source))


def preferred(source: bytes, forms: Sequence[str]) -> list[str]:
    """``forms`` by how often the file uses them, then as given."""
    used = {form: counts(source, _PATTERNS.get(form, re.escape(form.encode()))) for form in forms}
    return sorted(forms, key=lambda form: (-used[form], forms.index(form)))


def casts(source: bytes) -> bool:
    """The file converts numbers with ``as`` at least as often as with ``from``."""
    with_as = counts(source, rb"\bas (?:[ui](?:8|16|32|64|128|size)|f32|f64)\b")
    return with_as >= counts(source, rb"\b(?:[ui](?:8|16|32|64|128|size)|f32|f64)::from\(")
