"""Renamings that stopped half way: the new name is used in some places, the old one in others. Fields, trait items, members.

A field that no place knows under its name, while several ask for one that is not there; an item of a trait whose impls
all have the old name; a variant or a method beside which nothing else of the type fits what is asked for. Where most
places say the old name the declaration gets it back, else the places learn the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Enum, Function, Item, ItemIndex, Trait, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.members import TOLD, type_of
from rusta_cargo.repair.code.similar import likeness, words_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Span

_FIELD = re.compile(r"no field `(\w+)` on type `&*(?:mut )?([\w:]+)|`&*([\w:]+)`? has no field named `(\w+)`")
_MEMBER = re.compile(r"`(\w+)` is not a member of trait `(\w+)`")
_FIELDS, _TRAIT, _ONE_IMPL, _ALIKE, _ONLY = 0.9, 0.92, 0.55, 0.8, 0.58
_LEAST, _LEARNT, _SURE = 0.5, 0.9, 0.94
_FAR = 600
_PATTERNS = ("match_pattern", "tuple_struct_pattern", "struct_pattern", "captured_pattern", "or_pattern")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Finish the renaming, or take it back."""
    index: ItemIndex | None = None
    asked: dict[tuple[str, str, str], list[int]] = {}
    for number, error in enumerate(situation.diagnostics):
        told = None if error.primary is None else _asked(error.message)
        if told is not None:
            asked.setdefault(told, []).append(number)
    for (kind, owner, name), numbers in asked.items():
        index = index or ItemIndex.of(situation)
        reader = {"field": _field, "trait": _trait, "member": _member}[kind]
        for title, parts, prior in reader(situation, index, owner, name, numbers):
            if parts:
                yield Candidate(
                    title, parts, prior, diagnostic=numbers[0] if len(numbers) == 1 else None,
                    cites=(situation.diagnostics[numbers[0]].code or "",),
                )  # fmt: skip


Change = tuple[str, tuple[Replacement, ...], float]


def _asked(message: str) -> tuple[str, str, str] | None:
    """(field, trait or member; of what; the name that is not there)."""
    field = _FIELD.search(message)
    if field is not None:
        return "field", (field[2] or field[3]).rpartition("::")[2], field[1] or field[4]
    item = _MEMBER.search(message)
    if item is not None:
        return "trait", item[2], item[1]
    member = TOLD.search(message)
    if member is not None:
        owner = type_of(member["kind"]).lstrip("&").removeprefix("mut ").partition("<")[0].strip()
        return "member", owner.rpartition("::")[2], member["name"]
    return None


def _field(situation: Situation, index: ItemIndex, owner: str, name: str, numbers: list[int]) -> Iterator[Change]:
    struct = index.struct(owner)
    if struct is None or len(numbers) < 2:
        return
    text = "\n".join(_text(situation, path) for path in index.files)
    unknown = [
        field for field in struct.fields
        if not re.search(rf"\.\s*{re.escape(field.name)}\b(?!\s*\()", text)
        and len(re.findall(rf"\b{re.escape(field.name)}\b\s*[:,}}]", text)) <= 1
    ]  # fmt: skip
    if len(unknown) == 1 and not struct.field(name):
        field = unknown[0]
        change = edits.replace(struct.path, field.name_start, field.name_end, name)
        yield f"give the field `{field.name}` the name `{name}` back, which its uses say", (change,), _FIELDS


def _trait(situation: Situation, index: ItemIndex, owner: str, name: str, numbers: list[int]) -> Iterator[Change]:
    """The impls have an item that the trait does not, and lack one that it has."""
    lacking = {
        missing for error in situation.diagnostics if error.code == "E0046"
        for missing in quoted(error.message.partition("missing:")[2])
    }  # fmt: skip
    for trait in index.named(owner, Trait)[:1]:
        for item in trait.items:
            if item.name in lacking and isinstance(item, Function):
                change = edits.replace(item.path, item.name_start, item.name_end, name)
                prior = _TRAIT if len(numbers) > 1 else _ONE_IMPL
                yield f"call it `{name}` in `{owner}`, as its impls do", (change,), prior


def _member(situation: Situation, index: ItemIndex, owner: str, name: str, numbers: list[int]) -> Iterator[Change]:
    """A variant or method that other places use under its new name already."""
    places = [place for number in numbers if (place := situation.diagnostics[number].primary) is not None]
    files = {place.path for place in places}
    found: list[Item] = []
    item: Item
    kind = index.type_named(owner)
    if isinstance(kind, Enum) and name[:1].isupper():
        found = list(kind.variants)
    elif kind is not None:
        found = [item for impl in index.impls_of(kind.name) for item in impl.items if isinstance(item, Function)]
    follow = {_opens(situation, place.path, place.start, name) for place in places}
    if isinstance(kind, Enum) and found:
        forgotten = _of_fields(situation, kind, places, name) or _forgotten(situation, index, kind, name, follow)
        if forgotten is not None:
            item, used = forgotten
            tested = any(
                _is_test(path) and re.search(rf"\b{re.escape(name)}\b", text) for path, text in _texts(situation)
            )
            learnt = tuple(_renamed(situation, places, name, item.name))
            yield f"`{name}` is called `{item.name}` now", learnt, _LEARNT if used and not tested else _LEARNT - 0.1
            if tested or not used:
                back = tuple(_taken_back(situation, index, owner, item, name))
                yield f"give `{item.name}` the name `{name}` back, which its uses say", back, _LEARNT
            return
    method = _unused_method(situation, found, places, name)
    if method is not None and len(index.named(method.name, Function)) == 1:
        tested = any(_is_test(path) and re.search(rf"\.{re.escape(name)}\(", text) for path, text in _texts(situation))
        back = tuple(_taken_back(situation, index, owner, method, name))
        yield (
            f"give `{method.name}` the name `{name}` back, which its uses say",
            back,
            _SURE if tested else _LEARNT - 0.1,
        )
    # What these files use under its own name is not what they ask for under another.
    here = "\n".join(text for path in files for text in [_text(situation, path)])
    fitting = [
        item for item in found
        if not re.search(rf"\b{re.escape(item.name)}\b", _without(item, files, here)) and _shape(item) in (*follow, "")
    ]  # fmt: skip
    for item in fitting:
        alike = max(likeness(item.name, name), _stems(item.name, name))
        if alike < _LEAST and len(fitting) > 1:
            continue
        worth = _ALIKE * max(alike, 0.8) if alike >= _LEAST else _ONLY if isinstance(item, Variant) else 0.3
        yield f"`{name}` is called `{item.name}` now", tuple(_renamed(situation, places, name, item.name)), worth
        if any(_is_test(path) for path in files):
            # Tests say what the name is, and nobody changes them.
            back = tuple(_taken_back(situation, index, owner, item, name))
            yield f"give `{item.name}` the name `{name}` back, which tests say", back, min(0.93, worth + 0.1)


def _of_fields(situation: Situation, kind: Enum, places: list[Span], name: str) -> tuple[Variant, bool] | None:
    """The only variant with just the fields that the uses write out."""
    given: set[str] = set()
    for place in places:
        source = situation.source(place.path)
        found = re.match(rb"[^{};]*?\b%s\s*\{([^{}]*)\}" % name.encode(), source[place.start : place.start + _FAR])
        if found is not None:
            parts = [part.strip() for part in found[1].decode("utf-8", "replace").split(",")]
            given |= {part.partition(":")[0].strip() for part in parts if part and not part.startswith("..")}
    fitting = [v for v in kind.variants if v.shape == "named" and given and {f.name for f in v.fields} == given]
    return (fitting[0], True) if len(fitting) == 1 and fitting[0].name != name else None


def _forgotten(
    situation: Situation, index: ItemIndex, kind: Enum, name: str, follow: set[str]
) -> tuple[Variant, bool] | None:
    """The only variant of the shape that nothing uses, or that nothing makes while others ask for ``name``; and whether
    anything uses it."""
    fitting = [item for item in kind.variants if _shape(item) in (*follow, "")]
    uses = {item.name: list(_uses(situation, index, kind.name, item.name)) for item in fitting}
    unused = [item for item in fitting if not uses[item.name]]
    if unused:
        return (unused[0], False) if len(unused) == 1 else None
    unmade = [item for item in fitting if not any(uses[item.name])]
    if len(unmade) == 1 and len(kind.variants) > 1 and any(_uses(situation, index, kind.name, name)):
        return unmade[0], True
    return None


def _unused_method(situation: Situation, found: list[Item], places: list[Span], name: str) -> Function | None:
    """The only method that nothing calls and that takes as many arguments as all the calls of ``name`` give."""
    counts = {_given(situation, place, name) for place in places}
    if len(counts) != 1 or None in counts or len(places) < 2:
        return None
    everything = "\n".join(text for _, text in _texts(situation))
    fitting = [
        item for item in found
        if isinstance(item, Function) and item.receiver is not None and len(item.parameters) in counts
        and item.attributes == () and not re.search(rf"(?:\.|::)\s*{re.escape(item.name)}\b", everything)
    ]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else None


def _given(situation: Situation, place: Span, name: str) -> int | None:
    """How many arguments a call of the method gives; None when it is no call."""
    root = situation.syntax(place.path).root_node
    at = situation.source(place.path).find(name.encode(), place.start)
    callee = nodes.enclosing(nodes.node_at(root, at), "field_expression") if at >= 0 else None
    call = None if callee is None else callee.parent
    if callee is None or call is None or call.type != "call_expression":
        return None
    arguments = call.child_by_field_name("arguments")
    return None if arguments is None else len(arguments.named_children)


def _uses(situation: Situation, index: ItemIndex, owner: str, name: str) -> Iterator[bool]:
    """Every use of a variant: whether it makes a value."""
    form = re.compile(rf"\b(?:{re.escape(owner)}|Self)\s*::\s*{re.escape(name)}\b|\b{re.escape(owner)}\s*::\s*\*")
    for path in index.files:
        text = _text(situation, path)
        for found in form.finditer(text):
            start = len(text[: found.start()].encode())
            node = nodes.node_at(situation.syntax(path).root_node, start)
            yield nodes.enclosing(node, _PATTERNS) is None


def _renamed(situation: Situation, places: list[Span], name: str, other: str) -> Iterator[Replacement]:
    done: set[tuple[str, int]] = set()
    for place in places:
        path, start = place.path, place.start
        source = situation.source(path)
        at = source.find(name.encode(), start)
        if at >= 0 and (path, at) not in done:
            done.add((path, at))
            yield edits.replace(path, at, at + len(name.encode()), other)


def _taken_back(situation: Situation, index: ItemIndex, owner: str, item: Item, name: str) -> Iterator[Replacement]:
    """The declaration and what uses its new name; of a method, where no other type has one of that name."""
    yield edits.replace(item.path, item.name_start, item.name_end, name)
    if isinstance(item, Variant):
        form = rf"\b(?:{re.escape(owner)}|Self)\s*::\s*({re.escape(item.name)})\b"
    elif len(index.named(item.name, Function)) > 1:
        return
    else:
        form = rf"(?:\.|::)\s*({re.escape(item.name)})\b"
    for path in index.files:
        if not _is_test(path):
            text = _text(situation, path)
            for found in re.finditer(form, text):
                start = len(text[: found.start(1)].encode())
                yield edits.replace(path, start, start + len(item.name.encode()), name)


def _opens(situation: Situation, path: str, start: int, name: str) -> str:
    """What follows a use: ``(`` of a call or a tuple variant, ``{`` of a struct variant, or nothing."""
    source = situation.source(path)
    at = source.find(name.encode(), start) + len(name.encode())
    sign = source[at : at + 8].lstrip()[:1].decode("utf-8", "replace")
    return sign if sign == "(" else ""


def _shape(item: Item) -> str:
    if isinstance(item, Variant):
        return {"tuple": "(", "named": "{"}.get(item.shape, "")
    return "("


def _without(item: Item, files: set[str], text: str) -> str:
    """The text without the declaration, where that lies in it."""
    return text.replace(f"fn {item.name}", "fn ", 1) if item.path in files else text


def _stems(name: str, other: str) -> float:
    """Words that begin alike: ``tagged`` and ``with_tag``."""
    pairs = [(a, b) for a in words_of(name) for b in words_of(other) if len(a) > 2 and len(b) > 2]
    return 0.7 if any(a.startswith(b) or b.startswith(a) for a, b in pairs) else 0.0


def _is_test(path: str) -> bool:
    return path.startswith("tests/") or "/tests/" in path


def _texts(situation: Situation) -> Iterator[tuple[str, str]]:
    for path in situation.files:
        if path.endswith(".rs"):
            yield path, _text(situation, path)


def _text(situation: Situation, path: str) -> str:
    try:
        return situation.source(path).decode("utf-8", "replace")
    except SourceUnavailable:
        return ""
