"""How often words stand in the files of a crate, which tells how a name is spelt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.similar import words_of
from rusta_cargo.repair.proposer import Situation, SourceUnavailable

_WORD = re.compile(r"\w+")


class WordCounts:
    """How often words stand in some texts; comments and texts count."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = list(texts)
        self._counted = Counter(word for text in self._texts for word in _WORD.findall(text))

    @classmethod
    def of(cls, situation: Situation, index: ItemIndex) -> WordCounts:
        """Of all files of the index that can be read."""
        texts = []
        for path in index.files:
            try:
                texts.append(situation.source(path).decode("utf-8", "replace"))
            except SourceUnavailable:
                continue
        return cls(texts)

    def count(self, name: str) -> int:
        """As a word of its own."""
        return self._counted[name.removeprefix("r#")]

    def count_within(self, name: str) -> int:
        """Within other words too, whatever the case of its letters."""
        return self._lower.count(name.lower())

    def parts_known(self, name: str) -> bool:
        """Each word of the name, which has some, is also a word of another name."""
        parts = words_of(name)
        return len(parts) > 1 and all(self._parts[part] > 1 for part in parts)

    def known_parts(self, name: str) -> int:
        """How many words of the name are also words of other names."""
        return sum(self._parts[part] > 1 for part in words_of(name))

    def speaks_for(self, name: str, other: str) -> bool:
        """The words of ``name`` are those of other names too, which cannot be said of ``other``."""
        return self.parts_known(name) and not self.parts_known(other)

    @cached_property
    def _lower(self) -> str:
        return "\n".join(self._texts).lower()

    @cached_property
    def _parts(self) -> Counter[str]:
        return Counter(part for word in self._counted for part in set(words_of(word)))
