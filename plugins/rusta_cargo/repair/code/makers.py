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

# Iterators that a method of another iterator gives, and wrappers that hold one value.
_ADAPTERS = {
    "Peekable": "peekable", "Enumerate": "enumerate", "Rev": "rev", "Fuse": "fuse", "Cycle": "cycle",
    "Cloned": "cloned", "Copied": "copied",
}  # fmt: skip
_HOLDERS = ("Box", "Rc", "Arc", "RefCell", "Cell", "Mutex", "RwLock", "BufReader", "BufWriter", "Reverse", "Wrapping")
_POSTFIX = ("identifier", "call_expression", "field_expression", "macro_invocation")


def wrapped_in(value: Node, want: str) -> str | None:
    """``value`` put into the adapter or wrapper that ``want`` is: ``chars()`` as ``chars().peekable()``, or None."""
    head = types.head(want)
    if types.is_reference(want) or value.type not in _POSTFIX:
        return None
    if head in _ADAPTERS:
        return None if text(value).endswith(f".{_ADAPTERS[head]}()") else f"{text(value)}.{_ADAPTERS[head]}()"
    return f"{head}::new({text(value)})" if head in _HOLDERS and not text(value).startswith(f"{head}::") else None


def made_as(value: Node, want: str) -> str | None:
    """The call ``value`` as one that makes a ``want``; None when it is no such call or makes one already."""
    callee = value.child_by_field_name("function") if value.type == "call_expression" else None
    owner = callee.child_by_field_name("path") if callee is not None and callee.type == "scoped_identifier" else None
    goal, mine = types.head(want), types.head(text(owner)) if owner is not None else ""
    if owner is None or types.is_reference(want) or goal not in MADE or mine not in MADE or goal == mine:
        return None
    if types.head(types.inner(want, goal) or "") == mine:  # it holds what the call makes
        return None
    new = f"{MADE[goal]}::{goal}" if "::" in text(owner) and MADE[goal] else goal
    return new + text(value)[len(text(owner)) :]
