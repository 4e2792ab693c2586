"""Calls that make a value of a type of std, and the same call of another type: ``Rc::new(x)``, ``Arc::new(x)``."""

from __future__ import annotations

from tree_sitter import Node

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.nodes import text

# Types of std that are made in the same ways, and where they are imported from.
MADE = {
    "Rc": "std::rc", "Arc": "std::sync", "Box": "", "Vec": "", "String": "", "VecDeque": "std::collections",
    "HashMap": "std::collections",
    "BTreeMap": "std::collections", "HashSet": "std::collections", "BTreeSet": "std::collections",
    "RefCell": "std::cell",
    "Cell": "std::cell", "Mutex": "std::sync", "RwLock": "std::sync", "PathBuf": "std::path",
}  # fmt: skip


def made_as(value: Node, want: str) -> str | None:
    """The call ``value`` as one that makes a ``want``; None when it is no such call or makes one already."""
    callee = value.child_by_field_name("function") if value.type == "call_expression" else None
    owner = callee.child_by_field_name("path") if callee is not None and callee.type == "scoped_identifier" else None
    goal, mine = types.head(want), types.head(text(owner)) if owner is not None else ""
    if owner is None or types.is_reference(want) or goal not in MADE or mine not in MADE or goal == mine:
        return None
    new = f"{MADE[goal]}::{goal}" if "::" in text(owner) and MADE[goal] else goal
    return new + text(value)[len(text(owner)) :]
