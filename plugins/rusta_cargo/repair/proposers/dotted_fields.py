"""Fields that lost the name of their value: ``name`` where only ``item.name`` is meant, E0425.

The compiler offers ``self.``; here the other locals whose struct has a field of that name are offered, parameters and
what was taken apart nearby first.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.inference import Types

_ONE, _SEVERAL = 0.82, 0.5
_MOST = 3
_WRAPPERS = ("Box", "Rc", "Arc", "Ref", "RefMut", "MutexGuard")
_TEXTS = ("string_content", "string_literal", "raw_string_literal")


def _owned(case: Case) -> Iterator[Answer]:
    if "cannot find value" not in case.diagnostic.message:
        return
    name = case.situation.text(case.path, case.place.start, case.place.end)
    here = nodes.node_at(case.root, case.place.start, case.place.end)
    if not name.isidentifier() or not (name[0].islower() or name[0] == "_") or here.type in _TEXTS:
        return
    having = [binding.name for binding, kind in Types(case.root, case.index).visible(case.place.start)
              if binding.name != "self" and kind is not None and _has(case, kind, name)]  # fmt: skip
    shorthand = nodes.enclosing(here, "shorthand_field_initializer") is not None
    for rank, owner in enumerate(having[:_MOST]):
        put = f"{name}: {owner}." if shorthand else f"{owner}."
        prior = (_ONE if len(having) == 1 else _SEVERAL) / (1 + rank)
        yield Answer(f"take the field of `{owner}`", (edits.insert(case.path, case.place.start, put),), prior)


def _has(case: Case, kind: str, field: str) -> bool:
    flat = types.strip_references(kind)
    flat = types.inner(flat, *_WRAPPERS) or flat
    struct = case.index.struct(flat)
    return struct is not None and struct.shape == "named" and struct.field(field) is not None


propose = answering({"E0425": (_owned,)})
