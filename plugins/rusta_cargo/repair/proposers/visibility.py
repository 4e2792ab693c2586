"""Private things that are used from outside: E0603, E0616, E0624, E0451, E0364, E0365.

The declaration is opened, not the use changed: with ``pub`` where its siblings are public or the use lies in another
package or target, else with ``pub(crate)`` first. Several private things are also opened all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.model import Field, Impl, Item, Piece, Struct, Use, Variant
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic, Replacement

# A file with so many plain `pub` and no restricted one writes `pub`.
PLAIN = 4
ITEM_CODES = ("E0603", "E0624", "E0364", "E0365")
FIELD_CODES = ("E0616", "E0451")
_FIELDS = re.compile(r"`([^`]+)`")
_OWNER = re.compile(r"of (?:struct|union|variant) `([^`]+)`")
# A getter has the name of the field it gives.
_CALLABLE = 0.4
RISK = "makes a private item visible to more code"


@dataclass(frozen=True)
class _Opening:
    """One declaration that could be opened. ``siblings`` are the visibilities written beside it."""

    what: str
    path: str
    start: int
    end: int
    present: str
    siblings: tuple[str, ...]

    def widened(self, text: str) -> Replacement:
        space = "" if self.present else " "
        return edits.replace(self.path, self.start, self.end, f"{text}{space}")


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Open what is private, one candidate for each form of visibility that makes sense."""
    index: ItemIndex | None = None
    first: list[Replacement] = []
    for number, error in enumerate(situation.diagnostics):
        if error.code not in (*ITEM_CODES, *FIELD_CODES):
            continue
        index = index or ItemIndex.of(situation)
        openings = list(_openings(error, index))
        if not openings:
            continue
        forms = _forms(situation, error, openings[0])
        for rank, form in enumerate(forms):
            changes = tuple(opening.widened(form) for opening in openings)
            if rank == 0:
                first += [change for change in changes if change not in first]
            names = ", ".join(f"`{opening.what}`" for opening in openings)
            yield Candidate(
                title=f"make {names} `{form}`",
                replacements=changes,
                prior=(_CALLABLE if _callable(error) else 0.85) if rank == 0 else 0.3,
                diagnostic=number,
                risk=(RISK,) if form == "pub" else (),
                cites=(error.code,) if error.code else (),
            )
    if len(first) > 1:
        yield Candidate("make everything visible that is used from outside", tuple(first), 0.8, risk=(RISK,))


def _callable(error: Diagnostic) -> bool:
    """The compiler knows a method of the field's name that gives it."""
    return error.code == "E0616" and any("also exists, call it" in item.message for item in error.suggestions)


def _openings(error: Diagnostic, index: ItemIndex) -> Iterator[_Opening]:
    if error.code in FIELD_CODES:
        yield from _fields(error, index)
        return
    seen: set[tuple[str, int]] = set()
    for item in _declarations(error, index):
        place = (item.path, item.start)
        if place in seen or isinstance(item, Impl | Variant):
            continue
        seen.add(place)
        if isinstance(item, Struct) and "constructor" in error.message:
            for field in item.fields:
                if not _public(field.visibility):
                    yield _field_opening(item, field)
        elif not _public(item.visibility):
            yield _item_opening(item, index)


def _declarations(error: Diagnostic, index: ItemIndex) -> Iterator[Item]:
    """What the compiler's notes point at; for a re-export, what the path names."""
    pointed = [span for span in error.spans if not span.primary and "defined here" in (span.label or "")]
    for span in (*pointed, *(span for note in error.notes for span in note.spans)):
        item = index.defined_at(span)
        if isinstance(item, Use):  # the compiler points at its path; opening a list would open too much
            if len(item.leaves) == 1:
                yield item
        elif item is not None and span.start in (item.first, item.start, item.name_start):
            yield item
    if error.code in ("E0364", "E0365"):
        for name in _FIELDS.findall(error.message)[:1]:
            items = [item for item in index.named(name, Item) if not isinstance(item, Use | Variant | Impl)]
            yield from items if len(items) == 1 else ()


def _fields(error: Diagnostic, index: ItemIndex) -> Iterator[_Opening]:
    owner = _OWNER.search(error.message)
    if owner is None:
        return
    struct = index.struct(owner[1])
    names = _FIELDS.findall(error.message[: owner.start()])
    for name in names:
        field = struct.field(name) if struct is not None else None
        if struct is not None and field is not None and not _public(field.visibility):
            yield _field_opening(struct, field)


def _field_opening(struct: Struct, field: Field) -> _Opening:
    siblings = tuple(other.visibility.text if other.visibility else "" for other in struct.fields if other is not field)
    seen = field.visibility
    start, end = (seen.start, seen.end) if seen else (field.start, field.start)
    return _Opening(field.name, struct.path, start, end, seen.text if seen else "", siblings)


def _item_opening(item: Item, index: ItemIndex) -> _Opening:
    if isinstance(item.parent, Impl):
        beside = [other for other in item.parent.items if other is not item]
    else:
        beside = [
            other for other in index.files.get(item.path, ()) if other.module == item.module and other is not item
        ]
    alike = [other for other in beside if other.kind == item.kind] or beside
    siblings = tuple(other.visibility.text if other.visibility else "" for other in alike)
    seen = item.visibility
    start, end = (seen.start, seen.end) if seen else (item.start, item.start)
    return _Opening(item.name, item.path, start, end, seen.text if seen else "", siblings)


def _forms(situation: Situation, error: Diagnostic, opening: _Opening) -> list[str]:
    """The visibilities to try, likeliest first."""
    use = error.primary
    forms = ["pub(crate)", "pub"]
    elsewhere = use is not None and _unit(situation, use.path) != _unit(situation, opening.path)
    written = [text for text in opening.siblings if text]
    if elsewhere or "pub" in written or error.code in ("E0364", "E0365"):
        forms = ["pub", "pub(crate)"]
    source = situation.source(opening.path)
    plain = source.count(b"pub ")
    if not written and b"pub(" not in source and (plain >= PLAIN or (plain > 1 and _nowhere_restricted(situation))):
        forms = ["pub", "pub(crate)"]
    restricted = [text for text in written if text.startswith("pub(")]
    if restricted and "pub" not in written:
        forms = [restricted[0], *(form for form in forms if form != restricted[0])]
    return forms


def _nowhere_restricted(situation: Situation) -> bool:
    """No file of the tree writes ``pub(…)``."""
    return not any(b"pub(" in situation.source(path) for path in ItemIndex.of(situation).files if path.endswith(".rs"))


def _unit(situation: Situation, path: str) -> tuple[str, str]:
    """The package a file belongs to, and the root of its target where the file is one."""
    package = situation.project.package_of(path)
    if package is None:
        return "", path
    root = next(
        (target.path for target in package.targets if target.path == path and target.kind != "lib"),
        "",
    )
    return package.name, root


def _public(visibility: Piece | None) -> bool:
    return visibility is not None and visibility.text == "pub"
