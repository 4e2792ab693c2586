"""Readers of diagnostics about a type or an implementation: what they are given is the item that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rusta_cargo.repair.code.gathering import Change, Reader
from rusta_cargo.repair.code.items import Enum, Impl, Item, ItemIndex, Struct, Variant
from rusta_cargo.repair.proposer import Situation
from rusta_schemas.diagnostic import Diagnostic

OnItem = Callable[[Situation, ItemIndex, Diagnostic, Item], Iterator[Change]]


def on_item(reader: OnItem) -> Reader:
    """A reader of diagnostics from one of the impl, struct or enum around the primary span."""

    def read(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
        place = diagnostic.primary
        if place is None or place.path not in index.files:
            return
        # A derive stands in front of the item that it is about.
        behind = (i for i in index.files[place.path] if i.first <= place.start < i.start)
        item = next(behind, None) or index.at(place.path, place.start, place.start)
        while item is not None and (isinstance(item, Variant) or not isinstance(item, Impl | Struct | Enum)):
            item = item.parent
        if item is not None:
            yield from reader(situation, index, diagnostic, item)

    return read
