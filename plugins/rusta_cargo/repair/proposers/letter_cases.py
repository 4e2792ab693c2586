"""A character in another case is one or more characters: E0308 about ``ToUppercase`` and ``ToLowercase``.

``text.push(c.to_uppercase())`` extends the text; where one character is wanted the first one is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_SEVERAL = re.compile(r"\bTo(?:Upper|Lower)case$")


def _cased(case: Case) -> Iterator[Answer]:
    pair = mismatch(case.diagnostic)
    if pair is None or not _SEVERAL.search(pair.found) or pair.expected not in ("char", "&str", "String"):
        return
    root = opened(case.source, case.place.start, case.place.end)
    node = nodes.exact(root, case.place.start, case.place.end)
    if node is None:
        return
    listed = node.parent
    call = None if listed is None or listed.type != "arguments" else listed.parent
    callee = None if call is None else call.child_by_field_name("function")
    method = None if callee is None else callee.child_by_field_name("field")
    if (
        method is not None
        and text(method) in ("push", "push_str")
        and len(listed.named_children if listed else ()) == 1
    ):
        yield Answer("extend the text with it", (edits.replace_node(case.path, method, "extend"),), 0.85)
    if pair.expected == "char":
        first = edits.insert(case.path, node.end_byte, ".next().unwrap()")
        yield Answer("take its first character", (first,), 0.5)
    elif pair.expected == "String":
        yield Answer("make it a text", (edits.insert(case.path, node.end_byte, ".to_string()"),), 0.7)


propose = answering({"E0308": (_cased,)})
