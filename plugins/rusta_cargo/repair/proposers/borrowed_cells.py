"""Fields that are looked for on a cell or a lock: E0609 about ``Rc<RefCell<Scope>>``, ``Mutex<State>``.

What is within has to be borrowed or locked first: where the local is bound, ``let scope = self.0.borrow();``, or at the
use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.expression import Spot, smallest, suffix
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_HELD = re.compile(
    r"no field `\w+` on type `&?(?:mut )?(?:\w+::)*(?:(?:Rc|Arc|Box)<)?&?(?:\w+::)*(RefCell|Mutex|RwLock)<"
)
# How each of them is read, and how written.
_READ = {"RefCell": ".borrow()", "Mutex": ".lock().unwrap()", "RwLock": ".read().unwrap()"}
_WRITE = {"RefCell": ".borrow_mut()", "Mutex": ".lock().unwrap()", "RwLock": ".write().unwrap()"}
_USE, _BOUND, _OTHER = 0.6, 0.62, 0.6
_ASSIGNED = ("assignment_expression", "compound_assignment_expr")
# Methods that change what they are called on, by how their names begin.
_CHANGES = re.compile(r"^(?:push|pop|insert|remove|clear|extend|drain|retain|truncate|sort|append|entry|get_mut|take)")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``borrow()`` in front of the field."""
    yield from gathered(situation, _READERS)


def _field(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    told, place = _HELD.search(diagnostic.message), diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    access = None if here is None else nodes.enclosing(here.node, "field_expression")
    value = None if access is None else access.child_by_field_name("value")
    if told is None or here is None or access is None or value is None:
        return
    holder = here.of(value)
    writes = _written(access)
    first, second = (_WRITE, _READ) if writes else (_READ, _WRITE)
    source: Spot | None = origin(holder)
    for table, share in ((first, 1.0), (second, _OTHER)):
        step = table[told[1]]
        if source is not None and source.kind in ("field_expression", "identifier", "index_expression"):
            yield f"look into it with `{step}` where it is bound", source.wrapped(suffix(step)), _BOUND * share
        yield f"look into it with `{step}`", holder.wrapped(suffix(step)), _USE * share


def _written(access: Node) -> bool:
    """The field is assigned to, lent mutably, or changed by the method that is called on it."""
    node = access
    while node.parent is not None and node.parent.type in ("field_expression", "index_expression", "call_expression"):
        parent = node.parent
        if parent.type == "field_expression" and parent.parent is not None and parent.parent.type == "call_expression":
            name = parent.child_by_field_name("field")
            return bool(name is not None and name.text and _CHANGES.match(name.text.decode()))
        node = parent
    holder = node.parent
    if holder is None:
        return False
    assigned = holder.type in _ASSIGNED and holder.child_by_field_name("left") == node
    return assigned or (holder.type == "reference_expression" and nodes.child(holder, "mutable_specifier") is not None)


_READERS: dict[str, tuple[Reader, ...]] = {"E0609": (_field,)}
