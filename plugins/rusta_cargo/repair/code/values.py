"""Expressions that could fill a hole: a missing field, argument or result, the likeliest first.

A hole has a name (of the field or parameter) and perhaps a type. What fits is looked for where a person would look: a
local of that name, ``self``'s field of that name, a local or constant of that type, and at last an empty value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Enum, ItemIndex, Struct, Value
from rusta_cargo.repair.code.model import Generic
from rusta_cargo.repair.code.scopes import Binding
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Situation

# An empty value for the head of a type, as people write it.
EMPTY = {
    "String": "String::new()", "Vec": "Vec::new()", "Option": "None", "bool": "false", "HashMap": "HashMap::new()",
    "HashSet": "HashSet::new()", "BTreeMap": "BTreeMap::new()", "BTreeSet": "BTreeSet::new()",
    "VecDeque": "VecDeque::new()",
    "PathBuf": "PathBuf::new()", "PhantomData": "PhantomData", "char": "'\\0'", "str": '""',
}  # fmt: skip
_WRAPPERS = {
    "Box": "Box::new",
    "Rc": "Rc::new",
    "Arc": "Arc::new",
    "RefCell": "RefCell::new",
    "Cell": "Cell::new",
    "Mutex": "Mutex::new",
    "Some": "Some",
}
# A local that nothing reads is what was left out.
_IDLE, _IDLE_TOO, _IDLE_UNKNOWN = 0.88, 0.55, 0.3
# (what there is, what is asked for) → how it is read.
_READ = {
    ("u8", "char"): " as char", ("str", "&[u8]"): ".as_bytes()", ("String", "&[u8]"): ".as_bytes()",
    ("char", "u32"): " as u32", ("str", "PathBuf"): ".into()", ("str", "&Path"): ".as_ref()",
    ("PathBuf", "&Path"): ".as_path()", ("[u8]", "Vec<u8>"): ".to_vec()",
}  # fmt: skip
_OWNED = {"str": "String", "Path": "PathBuf", "OsStr": "OsString"}
_BORROWED = {("str", "String"), ("Path", "PathBuf"), ("OsStr", "OsString")}
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_COPIED = ("NonNull", "Instant", "Duration", "Ordering", "PhantomData", "SystemTime", "IpAddr", "SocketAddr", "TypeId")
_CONTEXTUAL = ("impl ", "dyn ")


@dataclass(frozen=True)
class Offer:
    """An expression and how likely it is what was meant, in (0, 1]."""

    text: str
    weight: float


class Values:
    """What can be had at one place.

    Args:
        situation: the tree. path, byte: where the hole is.
    """

    def __init__(self, situation: Situation, path: str, byte: int) -> None:
        self._index = ItemIndex.of(situation)
        root = situation.syntax(path).root_node
        self._place = nodes.node_at(root, byte)
        self._types = Types(root, self._index)
        self.visible = self._types.visible(byte)
        self._idle = _idle(self._place, [binding for binding, _ in self.visible])
        self._free = _free_parameters(self._index, path, byte)
        self._consts = _const_parameters(self._index, path, byte)

    def offers(self, name: str, wanted: str | None, taken: Collection[str] = (), most: int = 6) -> list[Offer]:
        """Expressions for a hole called ``name`` of type ``wanted`` (None when it is unknown or generic).

        ``taken`` are locals that are used beside it; they are less likely.
        """
        want = self._known(wanted)
        best: dict[str, float] = {}
        for offer in (*self._locals(name, want, taken), *self._own_fields(name, want), *self._constants(name, want),
                      *self._const_parameters(name, want),
                      *self.empty(wanted)):  # fmt: skip
            best[offer.text] = max(best.get(offer.text, 0.0), offer.weight)
        ordered = sorted(best.items(), key=lambda pair: -pair[1])
        return [Offer(text, weight) for text, weight in ordered[:most]]

    def _known(self, wanted: str | None) -> str | None:
        """The type, unless it is generic or only known by its traits."""
        if wanted is None:
            return None
        flat = self._types.spelled(wanted, self._place)
        free = (
            flat in self._free or flat.startswith(_CONTEXTUAL) or types.strip_references(flat).startswith(_CONTEXTUAL)
        )
        return None if free else flat

    def _locals(self, name: str, want: str | None, taken: Collection[str]) -> Iterator[Offer]:
        fitting = [
            pair for pair in self.visible if want is not None and pair[1] is not None and types.same(pair[1], want)
        ]
        for rank, (binding, have) in enumerate(self.visible):
            alike = likeness(binding.name, name) if name and binding.name != "self" else 0.0
            by_name = 0.9 if alike == 1.0 else 0.5 * alike if alike >= 0.6 else 0.0
            for text, factor in fit(binding.name, have, want):
                weight = by_name * factor
                if want is not None and have is not None and have not in ("{integer}", "_"):
                    by_type = (0.42 if len(fitting) == 1 else 0.25) * factor / (1 + 0.05 * rank)
                    weight = max(weight, by_type if factor > 0.5 else 0.0)
                if binding.name in self._idle and (factor >= 0.8 or None in (have, want)):
                    weight = max(weight, self._idle_weight(name, have, want) * factor)
                if weight > 0.04:
                    yield Offer(text, weight * (0.5 if binding.name in taken and alike < 1.0 else 1.0))

    def _idle_weight(self, name: str, have: str | None, want: str | None) -> float:
        """How likely an idle local is what is missing: its type must be right, and no other local have the name."""
        alone = len(self._idle) == 1 and all(binding.name != name for binding, _ in self.visible)
        if have is None and want is not None:
            return _IDLE_UNKNOWN / len(self._idle)
        return _IDLE if alone else _IDLE_TOO

    def _own_fields(self, name: str, want: str | None) -> Iterator[Offer]:
        receiver = next((pair for pair in self.visible if pair[0].name == "self"), None)
        if receiver is None or receiver[1] is None:
            return
        struct = self._index.struct(receiver[1])
        fields = () if struct is None else struct.fields
        fitting = [f for f in fields if want is not None and types.same(f.type.text, want)]
        for field in fields:
            alike = likeness(field.name, name)
            have = types.tidy(field.type.text)
            alone = fitting == [field] and want not in types.COPY
            by_name = 0.7 if alike == 1.0 else 0.35 * alike if alike >= 0.7 else 0.3 if alone else 0.12
            for text, factor in fit(f"self.{field.name}", have, want):
                borrowed = types.is_reference(receiver[1]) and not types.is_reference(have)
                if borrowed and not self._copied(have) and text == f"self.{field.name}":
                    text, factor = f"{text}.clone()", factor * 0.8
                if alike >= 0.7 or (want is not None and factor >= 0.8):
                    yield Offer(text, by_name * factor)

    def _copied(self, kind: str) -> bool:
        flat = types.strip_references(kind)
        plain = flat in types.COPY or types.head(flat) in _COPIED or flat.startswith("*")
        return plain or self._index.implements(flat, "Copy")

    def _constants(self, name: str, want: str | None) -> Iterator[Offer]:
        for item in self._index.of_kind(Value):
            have = None if item.type is None else types.tidy(item.type.text)
            if item.parent is not None and item.parent.kind not in ("module",):
                continue
            alike = likeness(item.name, name)
            if want is None or have is None or not types.same(have, want):
                continue
            yield Offer(item.name, 0.5 * alike if alike >= 0.5 else 0.1)

    def _const_parameters(self, name: str, want: str | None) -> Iterator[Offer]:
        """``N`` of ``const N: usize`` where a ``usize`` is asked for."""
        for generic, kind in self._consts:
            if want is not None and kind == want:
                yield Offer(generic, 0.4 + 0.3 * likeness(generic, name))

    def empty(self, wanted: str | None) -> Iterator[Offer]:
        """Values without content: zero, none, empty, ``new()``, ``default()``."""
        want = self._known(wanted)
        if want is None:
            return
        if want in types.NUMBERS:
            yield Offer("0.0" if want in types.FLOATS else "0", 0.18)
            yield Offer("1.0" if want in types.FLOATS else "1", 0.08)
        elif want == "bool":
            yield from (Offer("false", 0.25), Offer("true", 0.2))
        elif want == "()":
            yield Offer("()", 0.8)
        elif want.startswith(("*const ", "*mut ")):
            yield Offer(f"std::ptr::null{'_mut' if want.startswith('*mut') else ''}()", 0.2)
        elif want.startswith("&") and types.referent(want).startswith("[") and ";" not in want:
            yield Offer("&[]" if not types.is_mutable_reference(want) else "&mut []", 0.12)
        elif want.startswith(("[", "(")):
            yield from self._composed(want)
        elif types.is_reference(want) and types.head(want) == "str":
            yield Offer('""', 0.12)
        elif types.is_reference(want):
            for offer in self.empty(types.referent(want)):
                yield Offer(
                    f"{'&mut ' if types.is_mutable_reference(want) else '&'}{offer.text}",
                    offer.weight * 0.5,
                )
        elif types.head(want) in EMPTY:
            yield Offer(EMPTY[types.head(want)], 0.3)
        elif types.head(want) == "Result" and types.arguments(want):
            for offer in self.empty(types.arguments(want)[0]):
                yield Offer(f"Ok({offer.text})", 0.5 * offer.weight)
        elif (inner := types.inner(want, *_WRAPPERS)) is not None:
            for offer in self.empty(inner):
                yield Offer(f"{_WRAPPERS[types.head(want)]}({offer.text})", 0.7 * offer.weight)
        yield from self._made(want)

    def _composed(self, want: str) -> Iterator[Offer]:
        """An array or tuple of empty values."""
        kind, _, length = want[1:-1].rpartition(";")
        members = types.tuple_parts(want) if want.startswith("(") else [kind.strip()]
        filled = [next(iter(self.empty(part)), None) for part in members or ()]
        good = [part.text for part in filled if part is not None]
        if good and len(good) == len(filled):
            text = f"[{good[0]}; {length.strip()}]" if want.startswith("[") else f"({', '.join(good)})"
            yield Offer(text, 0.12)

    def _made(self, want: str) -> Iterator[Offer]:
        item = self._index.type_named(want)
        if item is None or types.is_reference(want):
            return
        name = types.split_generic(want)[0]
        if self._index.implements(want, "Default"):
            yield Offer(f"{name}::default()", 0.25)
        for method in self._index.methods(want, "new"):
            if not method.is_method and not method.parameters:
                yield Offer(f"{name}::new()", 0.25)
        if isinstance(item, Struct) and item.shape == "unit":
            yield Offer(name, 0.6)
        if isinstance(item, Enum):
            for variant in item.variants:
                if variant.shape == "unit":
                    yield Offer(f"{name}::{variant.name}", 0.3 / len(item.variants))


def _idle(place: Node, visible: Collection[Binding]) -> set[str]:
    """The locals of the function around that stand nowhere but where they are declared."""
    function = nodes.function_of(place)
    if function is None:
        return set()
    said = Counter(_WORD.findall(nodes.text(function)))
    return {b.name for b in visible if b.kind != "self" and said[b.name] == 1 and not b.name.startswith("_")}


def fit(text: str, have: str | None, want: str | None) -> list[tuple[str, float]]:
    """Ways to use ``text`` of type ``have`` where ``want`` is asked for, with how natural each is."""
    if have is None or want is None:
        return [(text, 0.7)]
    if types.same(have, want):
        return [(text, 1.0)]
    found: list[tuple[str, float]] = []
    mine, theirs = types.reference(have), types.reference(want)
    inner_have, inner_want = types.short(types.referent(have)), types.short(types.referent(want))
    if theirs is not None and mine is None and _borrows(types.short(have), inner_want):
        found.append((f"{'&mut ' if theirs[1] else '&'}{text}", 0.85))
    elif theirs is not None and mine is not None and _borrows(inner_have, inner_want) and (mine[1] or not theirs[1]):
        found.append((text, 0.95))
    elif mine is not None and theirs is None and types.same(inner_have, types.short(want)):
        found.append((f"*{text}" if want in types.COPY else f"{text}.clone()", 0.7))
    elif mine is not None and types.short(want) == _OWNED.get(inner_have):
        found.append((f"{text}.to_string()" if inner_have == "str" else f"{text}.to_owned()", 0.7))
    elif (inner := types.inner(want, "Option")) is not None and types.same(have, inner):
        found.append((f"Some({text})", 0.6))
    elif (inner := types.inner(want, "Box", "Rc", "Arc", "RefCell", "Cell", "Mutex")) is not None and types.same(
        have, inner
    ):
        found.append((f"{_WRAPPERS[types.head(want)]}({text})", 0.6))
    elif (inner_have, types.short(want)) in _READ:
        found.append((text + _READ[inner_have, types.short(want)], 0.8))
    elif want in types.NUMBERS and have in types.NUMBERS:
        found.append((f"{text} as {want}", 0.35))
    elif types.head(want) not in EMPTY and [types.short(part) for part in types.arguments(want)] == [types.short(have)]:
        found.append((f"{types.head(want)}::new({text})", 0.55))
    return found


def _borrows(have: str, want: str) -> bool:
    """A reference to ``have`` is one to ``want``, directly or by deref coercion."""
    if types.same(have, want) or (want, have) in _BORROWED:
        return True
    element = types.element(want) if want.startswith("[") else None
    other = types.inner(have, "Vec") or (types.split_top(have[1:-1], ";")[0] if have.startswith("[") else None)
    if element is not None and other is not None and types.same(element, other):
        return True
    boxed = types.inner(have, "Box", "Rc", "Arc")
    return boxed is not None and types.same(boxed, want)


def _free_parameters(index: ItemIndex, path: str, byte: int) -> set[str]:
    """The type parameters in scope at a place."""
    found: set[str] = set()
    item = index.at(path, byte)
    while item is not None:
        found |= {generic.name for generic in item.generics if _is_type(generic)}
        item = item.parent
    return found


def _const_parameters(index: ItemIndex, path: str, byte: int) -> list[tuple[str, str]]:
    """(name, type) of the const parameters in scope at a place."""
    found: list[tuple[str, str]] = []
    item = index.at(path, byte)
    while item is not None:
        found += [(g.name, g.bounds.text) for g in item.generics if g.kind == "const" and g.bounds]
        item = item.parent
    return found


def _is_type(generic: Generic) -> bool:
    return generic.kind == "type"


def names_of(bindings: Collection[tuple[Binding, str | None]]) -> list[str]:
    return [binding.name for binding, _ in bindings]
