"""Values that may not leave their thread: E0277 about ``Send`` and ``Sync``.

Pointers for one thread become those for several, throughout the crate; parameters and trait objects get the bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.bounding import having
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_THREADS = re.compile(r"`(.+)` cannot be (sent|shared) between threads safely")


_BEHIND = {"Rc": ("Arc", "std::rc::Rc", "std::sync::Arc"), "RefCell": ("Mutex", "std::cell::RefCell",
"std::sync::Mutex"),
           "Cell": ("Mutex", "std::cell::Cell", "std::sync::Mutex")}  # fmt: skip


def _threads(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """Values that stay in one thread become those that may leave it."""
    told, place = _THREADS.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    kind = told[1]
    notes = " ".join(note.message for note in diagnostic.notes)
    heads = [word for word in types.words(kind + " " + notes) if word in _BEHIND]
    for head in dict.fromkeys(heads):
        new, old_path, new_path = _BEHIND[head]
        changes: list[Replacement] = []
        for path in index.files:
            changes += _renamed(situation, path, head, new, old_path, new_path)
        if changes and head == "Rc":
            yield f"use `{new}` for `{head}`", tuple(changes), 0.8
            both = [word for word in dict.fromkeys(heads) if word == "RefCell"]
            if both or b"RefCell" in situation.source(place.path):
                extra = [
                    c
                    for path in index.files
                    for c in _renamed(situation, path, "RefCell", "Mutex", *_BEHIND["RefCell"][1:])
                ]
                if extra:
                    yield "use `Arc<Mutex>` for `Rc<RefCell>`", (*changes, *extra), 0.7
        elif changes:
            yield f"use `{new}` for `{head}`", tuple(changes), 0.5
    marker = "Send" if told[2] == "sent" else "Sync"
    yield from having(situation, index, diagnostic, kind, marker, 0.6)
    if kind.startswith("dyn ") or "dyn " in kind:
        root = situation.syntax(place.path).root_node
        wanted = re.search(r"dyn (?:\w+::)*(\w+)", kind)
        changed = [
            edits.insert(place.path, node.end_byte, f" + {marker}")
            for node in nodes.every(root, "dynamic_type")
            if (mine := re.match(r"dyn (?:\w+::)*(\w+)", text(node))) is not None
            and wanted is not None
            and mine[1] == wanted[1]
        ]
        yield f"ask for `{marker}` trait objects", tuple(changed), 0.6
    own = index.type_named(kind)
    if own is not None and not own.generics:
        source = situation.source(own.path)
        yield (
            f"promise that `{own.name}` is `{marker}`",
            (
                edits.line_after(
                    own.path,
                    source,
                    own.start,
                    own.end,
                    f"\nunsafe impl {marker} for {own.name} {{}}",
                ),
            ),
            0.1,
        )


def _renamed(
    situation: Situation, path: str, old: str, new: str, old_path: str, new_path: str
) -> Iterator[Replacement]:
    """Every use of a type of std in a file, its import among them."""
    root = situation.syntax(path).root_node
    for node in nodes.every(root, ("identifier", "type_identifier")):
        if text(node) != old:
            continue
        whole = node.parent
        if (
            whole is not None
            and whole.type in ("scoped_identifier", "scoped_type_identifier")
            and text(whole) == old_path
        ):
            yield edits.replace_node(path, whole, new_path)
        elif nodes.enclosing(node, "use_declaration") is None or whole is None or whole.type != "scoped_identifier":
            yield edits.replace_node(path, node, new)
    calls = {"Mutex": {"borrow": "lock().unwrap", "borrow_mut": "lock().unwrap"}}.get(new, {})
    for node in nodes.every(root, "field_expression") if calls else ():
        field = node.child_by_field_name("field")
        called = node.parent is not None and node.parent.type == "call_expression"
        if field is not None and called and text(field) in calls:
            yield edits.replace_node(path, field, calls[text(field)])
    for tokens in nodes.every(root, "token_tree") if calls else ():
        for dot, word, empty in zip(tokens.children, tokens.children[1:], tokens.children[2:], strict=False):
            if text(dot) == "." and text(word) in calls and text(empty) == "()":
                yield edits.replace_node(path, word, calls[text(word)])


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_threads,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for threads and futures."""
    yield from gathered(situation, _READERS)
