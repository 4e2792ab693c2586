"""Arguments that carry a layer too many: E0308 in a call that puts one on, or takes what is within.

``Some(members.get(key))`` where the lookup gives an ``Option`` itself is the lookup alone. ``Token::Text(self.text())``
where the text comes in a ``Result`` makes the token of what is within: ``self.text().map(Token::Text)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_LAYERS = {"Some": "Option", "Ok": "Result"}
_SAME, _LOOSE = 0.62, 0.4
_VARIANT, _FUNCTION = 0.5, 0.3


def _layered(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    call = _call_of(case.node)
    if told is None or call is None or case.in_macro(case.place):
        return
    callee = text(call.child_by_field_name("function"))
    found = types.head(told.found)
    if found not in (*_LAYERS.values(), "Poll") or types.is_reference(told.found):
        return
    inner = types.arguments(told.found)
    within = bool(inner) and types.same(inner[0], told.expected)
    if _LAYERS.get(callee) == found:
        yield Answer(
            f"leave the `{callee}` away: the value is {'an' if found == 'Option' else 'a'} `{found}` itself",
            (edits.replace_node(case.path, call, text(case.node)),),
            _SAME if within else _LOOSE,
        )
    elif within and callee not in _LAYERS and callee != "Err":
        last = callee.rpartition("::")[2]
        yield Answer(
            f"make it of what is within with `map({callee})`",
            (edits.replace_node(case.path, call, f"{_receiver(case.node)}.map({callee})"),),
            _VARIANT if last[:1].isupper() else _FUNCTION,
        )


def _call_of(argument: Node) -> Node | None:
    """The call of a path whose only argument is ``argument``."""
    listed = argument.parent
    call = None if listed is None else listed.parent
    if listed is None or call is None or listed.type != "arguments" or call.type != "call_expression":
        return None
    callee = call.child_by_field_name("function")
    alone = [node for node in listed.named_children if not node.type.endswith("comment")] == [argument]
    return call if alone and callee is not None and callee.type in ("identifier", "scoped_identifier") else None


def _receiver(node: Node) -> str:
    simple = ("call_expression", "identifier", "field_expression", "await_expression", "index_expression")
    plain = node.type in simple or nodes.child(node, "identifier") == node
    return text(node) if plain else f"({text(node)})"


propose = answering({"E0308": (_layered,)})
