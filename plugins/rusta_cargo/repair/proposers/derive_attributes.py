"""Words that a derive macro does not know in its attributes, as ``#[serde(rename_al = "…")]``.

The right word is one that the tree uses in the same attribute, or one that serde knows, which most of them are of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.similar import rank

_TOLD = re.compile(r"^unknown (?:\w+ )*attribute:? [`\"']?(\w+)")
_AROUND = re.compile(rb"#!?\[\s*([\w:]+)\s*\($")
_MOST, _LEAST, _SURE = 3, 0.55, 0.94
# https://serde.rs/attributes.html: of containers, variants and fields.
_SERDE = (
    "rename", "rename_all", "rename_all_fields", "deny_unknown_fields", "tag", "content", "untagged", "bound", "default",
    "remote", "transparent", "from", "try_from", "into", "crate", "expecting", "variant_identifier", "field_identifier",
    "alias", "skip", "skip_serializing", "skip_deserializing", "skip_serializing_if", "serialize_with", "deserialize_with",
    "with", "borrow", "other", "flatten", "getter", "serialize", "deserialize",
)  # fmt: skip


def _respelt(case: Case) -> Iterator[Answer]:
    told = _TOLD.match(case.diagnostic.message)
    if told is None or case.source[case.place.start :][: len(told[1])] != told[1].encode():
        return
    attribute = _attribute(case.source, case.place.start)
    if attribute is None:
        return
    known = set(_SERDE if attribute == "serde" else ())
    for path in case.index.files:
        for inside in re.findall(rb"#!?\[\s*%s\s*\(([^\]]*)\)\s*\]" % attribute.encode(), case.situation.source(path)):
            known |= {word.decode() for word in re.findall(rb"(?:^|[,(])\s*(\w+)", inside)}
    end = case.place.start + len(told[1])
    for score, word in rank(told[1], known, _LEAST, _MOST):
        yield Answer(f"write `{word}`", (edits.replace(case.path, case.place.start, end, word),), _SURE * score)


def _attribute(source: bytes, place: int) -> str | None:
    """The attribute in whose brackets a place is."""
    depth = 0
    for at in range(place - 1, max(0, place - 2000), -1):
        depth += (source[at : at + 1] == b")") - (source[at : at + 1] == b"(")
        if depth < 0:
            found = _AROUND.search(source[max(0, at - 80) : at + 1])
            if found is not None:
                return found[1].decode()
            depth = 0
    return None


propose = answering({None: (_respelt,)})
