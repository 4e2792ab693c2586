"""Macro rules that do not take what every call gives them: "no rules expected" where the rule is at fault.

Two fragments that stand side by side have lost the separator that the calls have between them; a fragment that was
captured as an expression cannot be matched again by the macro it is handed to, and is taken as a token tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text

_TRIED = "while trying to match meta-variable"
_SEPARATORS = (",", ";", "=>", ":", "=", "->", "|")
_CAPTURED = re.compile(r"no rules expected `\w+` metavariable")
_SURE, _DOUBTFUL = 0.9, 0.45


def _separator(case: Case) -> Iterator[Answer]:
    """``($name:ident $inner:ty)`` for calls like ``m!(A, u8)``."""
    told = quoted(case.diagnostic.message)
    if not case.diagnostic.message.startswith("no rules expected") or not told or told[0] not in _SEPARATORS:
        return
    for note in case.diagnostic.notes:
        for span in note.spans if note.message.startswith(_TRIED) else ():
            if span.path not in case.index.files:
                continue
            root = case.situation.syntax(span.path).root_node
            here = nodes.exact(root, span.start, span.end) or nodes.node_at(root, span.start, span.end)
            before = here.prev_sibling
            if before is None or before.type not in ("token_binding_pattern", "token_repetition_pattern"):
                continue
            gap = "" if before.end_byte < here.start_byte else " "
            lead = "" if told[0] in (",", ";", ":") else " "
            put = edits.insert(span.path, before.end_byte, f"{lead}{told[0]}{gap}")
            alike = sum(d.message == case.diagnostic.message for d in case.situation.diagnostics)
            yield Answer(f"let the macro ask for `{told[0]}` in between", (put,), _SURE if alike > 1 else _DOUBTFUL)


def _captured(case: Case) -> Iterator[Answer]:
    """``$x:expr`` handed on to a macro that looks at its tokens."""
    if _CAPTURED.match(case.diagnostic.message) is None:
        return
    rule = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "macro_rule")
    left = None if rule is None else rule.child_by_field_name("left")
    name = case.situation.text(case.path, case.place.start, case.place.end)
    for binding in () if left is None else nodes.below(left, "token_binding_pattern"):
        kind = binding.child_by_field_name("type")
        if kind is not None and text(binding.child_by_field_name("name")) == name:
            yield Answer(f"take `{name}` as a token tree", (edits.replace_node(case.path, kind, "tt"),), _SURE)


propose = answering({None: (_separator, _captured)})
