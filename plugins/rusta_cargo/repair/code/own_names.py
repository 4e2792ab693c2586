"""How a file's impls speak of their own type where both are right: ``Self``, or its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex

_SELF = re.compile(r"(?<![\w:])Self\b(?!\s*::)")
_MADE = re.compile(r"(?<![\w:])Self(?=\s*[({]|::[a-z_]\w*\()")


def as_written(text: str, impl: Impl, index: ItemIndex) -> str:
    """A signature or type with ``Self``, as the impls of the file write it: that of the same type first.

    ``Self::Item`` stays what it is.
    """
    return _SELF.sub(impl.self_type.text, text) if _by_name(impl, index) else text


def made_as_written(body: str, impl: Impl, index: ItemIndex) -> str:
    """A body with ``Self { … }``, ``Self(…)`` and ``Self::new()``, by the same habit."""
    return _MADE.sub(types.head(impl.self_type.text), body) if _by_name(impl, index) else body


def _by_name(impl: Impl, index: ItemIndex) -> bool:
    impls = index.of_kind(Impl, impl.path)
    own = [other for other in impls if other.name == impl.name]
    for group in (own, impls):
        counted = Counter(named for other in group for named in _habits(other))
        if counted[True] != counted[False]:
            return counted[True] > counted[False]
    return False


def _habits(impl: Impl) -> Iterator[bool]:
    """For every type in the signatures that means the impl's own: whether it is named."""
    name = types.head(impl.self_type.text)
    if not name:
        return
    for item in impl.items:
        if isinstance(item, Function):
            written = [parameter.type.text for parameter in item.parameters]
            written += [] if item.returns is None else [item.returns.text]
            for text in written:
                if _SELF.search(text):
                    yield False
                elif re.search(rf"(?<![\w:]){re.escape(name)}\b(?!\s*::)", text):
                    yield True
