"""Values that may not leave their thread: E0277 about ``Send`` and ``Sync``.

Pointers for one thread become those for several, throughout the crate; parameters, traits and trait objects get the bound.
And E0308 where one place counts with ``Rc`` what another counts with ``Arc``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.bounding import having, imported
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex, Trait
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_THREADS = re.compile(r"`(.+)` cannot be (sent|shared) between threads safely")
_OBJECT = re.compile(r"dyn (?:for<[^>]*> )?(?:\w+::)*(\w+)(\((?:[^()]|\([^()]*\))*\))?")


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
    if "dyn " in kind:
        yield from _objects(situation, index, kind, marker)
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


def _objects(situation: Situation, index: ItemIndex, kind: str, marker: str) -> Iterator[Change]:
    """The trait of an object asks for the markers that are missed, or every such object in the crate does."""
    told = _OBJECT.search(kind)
    if told is None:
        return
    name, count = told[1], None if told[2] is None else len(types.split_top(told[2][1:-1]))
    markers = [m for m in ("Send", "Sync") if m == marker or _missed(situation, kind, m)]
    trait = next(iter(index.named(name, Trait)), None)
    if trait is not None:
        lacking = [m for m in markers if trait.supers is None or m not in types.words(trait.supers.text)]
        place = trait.supers.end if trait.supers is not None else None
        if place is None:
            place = trait.generics_span.end if trait.generics_span is not None else trait.name_end
        joined = (" + " if trait.supers is not None else ": ") + " + ".join(lacking)
        if lacking:
            yield f"let every `{name}` be `{' + '.join(lacking)}`", (edits.insert(trait.path, place, joined),), 0.66
    changed = []
    for path in index.files:
        if b"dyn " not in situation.source(path):
            continue
        for node in nodes.every(situation.syntax(path).root_node, "dynamic_type"):
            mine = _OBJECT.search(text(node))
            whole = node.parent if node.parent is not None and node.parent.type == "bounded_type" else node
            if mine is None or mine[1] != name or set(markers) & set(types.words(text(whole)[len(text(node)) :])):
                continue
            if count is None or (mine[2] is not None and len(types.split_top(mine[2][1:-1])) == count):
                changed.append(edits.insert(path, node.end_byte, "".join(f" + {m}" for m in markers)))
    yield f"ask for `{' + '.join(markers)}` trait objects", tuple(changed), 0.6


def _missed(situation: Situation, kind: str, marker: str) -> bool:
    """Another error misses this marker of the same type."""
    told = (_THREADS.search(error.message) for error in situation.diagnostics)
    return any(m is not None and m[1] == kind and m[2] == ("sent" if marker == "Send" else "shared") for m in told)


def _pointers(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """One part of the crate counts with ``Rc`` what another counts with ``Arc``."""
    told = mismatch(diagnostic)
    if told is None or {types.head(told.expected), types.head(told.found)} != {"Rc", "Arc"}:
        return
    for old, old_path, new, new_path in (
        ("Rc", "std::rc::Rc", "Arc", "std::sync::Arc"),
        ("Arc", "std::sync::Arc", "Rc", "std::rc::Rc"),
    ):
        wrong = types.head(told.expected) == old
        changes = tuple(c for path in index.files for c in _renamed(situation, path, old, new, old_path, new_path))
        yield f"use `{new}` for `{old}`", changes, (0.6 if new == "Arc" else 0.3) if wrong else 0.2


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
            line = whole.parent
            if line is not None and line.type == "use_declaration" and imported(situation.source(path), new):
                yield edits.delete_lines(path, situation.source(path), line.start_byte, line.end_byte)
            else:
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


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_threads,), "E0308": (_pointers,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for threads and futures."""
    yield from gathered(situation, _READERS)
