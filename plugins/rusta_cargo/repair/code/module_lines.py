"""Where the line that declares a module goes: among its siblings, in their order and as visible as most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.items import Attribute, Item, ItemIndex, Use
from rusta_cargo.repair.proposer import Replacement, Situation


def dangling_path(situation: Situation, index: ItemIndex, path: str) -> tuple[Item, Attribute] | None:
    """An attribute that says in which file a module lies, in front of something that is no module."""
    source = situation.source(path)
    for item in index.files[path]:
        for attribute in item.attributes if item.kind != "module" else ():
            written = source[attribute.start : attribute.end]
            if re.search(rb'\bpath\s*=\s*"[^"]+\.rs"', written) and attribute.name in ("path", "cfg_attr"):
                last = [a for a in item.attributes if re.search(rb'\bpath\s*=\s*"', source[a.start : a.end])][-1]
                return item, last
    return None


def declared(situation: Situation, index: ItemIndex, path: str, name: str, *, outside: bool = False) -> Replacement:
    """``mod name;`` in the file ``path``. outside: something beyond the crate needs it, so it is public."""
    source = situation.source(path)
    dangling = dangling_path(situation, index, path)
    if dangling is not None:
        return edits.insert(path, dangling[1].end, f"\nmod {name};")
    siblings = [
        item for item in index.files[path]
        if item.kind == "module" and item.body is None and not item.module and not item.attributes
    ]  # fmt: skip
    shown = Counter("" if item.visibility is None else f"{item.visibility.text} " for item in siblings)
    word = "pub " if outside else shown.most_common(1)[0][0] if shown else ""
    line = f"{word}mod {name};"
    later = next((item for item in siblings if item.name > name), None)
    ordered = [item.name for item in siblings] == sorted(item.name for item in siblings)
    if ordered and later is not None:
        return edits.insert(path, later.start, f"{line}\n")
    before = _before(index, path, siblings, name)
    if before is not None:
        return edits.line_after(path, source, before.start, before.end, line)
    if siblings:
        return edits.line_after(path, source, siblings[-1].start, siblings[-1].end, line)
    used = next((use for use in index.of_kind(Use, path) if not use.module and _speaks_of(use, name)), None)
    if used is not None and used.is_public:  # `mod error;` stands in front of `pub use error::Error;`
        return edits.insert(path, used.first, f"{line}\n")
    first = min((item.first for item in index.files[path]), default=0)
    return edits.insert(path, first, f"{line}\n\n")


def _before(index: ItemIndex, path: str, siblings: Sequence[Item], name: str) -> Item | None:
    """The sibling that the module follows, where the uses of the siblings stand in the order of the siblings."""
    order: list[str] = []
    for use in index.of_kind(Use, path):
        order += [module for module in (*(item.name for item in siblings), name) if _speaks_of(use, module)]
    order = list(dict.fromkeys(order))
    used = [item for item in siblings if item.name in order]
    if name not in order or [item.name for item in used] != [other for other in order if other != name]:
        return None
    at = order.index(name)
    return used[at - 1] if at and len(used) == len(siblings) else None


def _speaks_of(use: Use, module: str) -> bool:
    """It imports from the module ``module`` that is declared beside it."""
    return any(leaf.path[leaf.path[:1] in (("self",), ("crate",)) :][:1] == (module,) for leaf in use.leaves)
