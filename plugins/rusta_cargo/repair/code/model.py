"""The items of Rust source as proposers see them: names, signatures, members, each with its place.

Spans are bytes of the text the item was read from. ``start`` of an item is its visibility or keyword (attributes and
documentation stand before it); ``end`` is exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of source with its text."""

    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Attribute:
    """An outer attribute. ``name`` is its path; ``arguments`` what stands in its brackets, split at commas."""

    name: str
    start: int
    end: int
    arguments: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``name`` is the identifier it binds, or empty when the pattern is more than that."""

    name: str
    pattern: Piece
    type: Piece
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Generic:
    """One generic parameter. ``kind`` is lifetime, type or const; ``bounds`` of a const is its type."""

    kind: str
    name: str
    start: int
    end: int
    bounds: Piece | None = None
    default: Piece | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct, union or variant. ``name`` is its number in a tuple; start covers the visibility."""

    name: str
    type: Piece
    visibility: Piece | None
    start: int
    end: int
    name_start: int
    name_end: int
    attributes: tuple[Attribute, ...] = ()


@dataclass(eq=False, slots=True, kw_only=True)
class Item:
    """What all items have. ``module`` is the path of modules around it; ``parent`` the item it stands in.

    ``kind``: function struct union enum trait impl const static type macro use module extern.
    """

    kind: str
    name: str
    path: str
    start: int
    end: int
    name_start: int
    name_end: int
    module: tuple[str, ...] = ()
    visibility: Piece | None = None
    attributes: tuple[Attribute, ...] = ()
    generics: tuple[Generic, ...] = ()
    generics_span: Piece | None = None
    where: Piece | None = None
    body: Piece | None = None
    parent: Item | None = field(default=None, repr=False)
    items: tuple[Item, ...] = field(default=(), repr=False)

    @property
    def qualified(self) -> str:
        """``module::name`` below the crate's root."""
        return "::".join((*self.module, self.name))

    @property
    def is_public(self) -> bool:
        return self.visibility is not None and self.visibility.text.startswith("pub")

    @property
    def derives(self) -> tuple[str, ...]:
        """The last segments of the traits that it derives."""
        return tuple(
            piece.text.rpartition("::")[2]
            for attribute in self.attributes
            if attribute.name == "derive"
            for piece in attribute.arguments
        )

    @property
    def first(self) -> int:
        """Where it begins with its attributes."""
        return min([self.start, *(attribute.start for attribute in self.attributes)])


@dataclass(eq=False, slots=True, kw_only=True)
class Function(Item):
    """A function or method, declared or with a body. ``receiver`` is the self parameter as written.

    ``parameters`` leave it out; ``parameters_span`` is the list with its parentheses. ``modifiers`` are words such as
    ``const``, ``async``, ``unsafe``, ``extern "C"``.
    """

    receiver: Piece | None = None
    parameters: tuple[Parameter, ...] = ()
    parameters_span: Piece = field(default=Piece("()", 0, 0))
    returns: Piece | None = None
    modifiers: str = ""
    variadic: bool = False

    @property
    def is_method(self) -> bool:
        return self.receiver is not None

    @property
    def owner(self) -> Impl | Trait | None:
        """The impl or trait it belongs to."""
        return self.parent if isinstance(self.parent, Impl | Trait) else None


@dataclass(eq=False, slots=True, kw_only=True)
class Struct(Item):
    """A struct or union. ``shape`` is named, tuple or unit; ``body`` the list with its brackets."""

    shape: str = "unit"
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((item for item in self.fields if item.name == name), None)


@dataclass(eq=False, slots=True, kw_only=True)
class Variant(Struct):
    """A variant of an enum; its ``parent`` is the enum."""

    value: Piece | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Enum(Item):
    variants: tuple[Variant, ...] = ()

    def variant(self, name: str) -> Variant | None:
        return next((item for item in self.variants if item.name == name), None)


@dataclass(eq=False, slots=True, kw_only=True)
class Trait(Item):
    """A trait; ``items`` are its functions, types and constants, ``supers`` the bounds after the colon."""

    supers: Piece | None = None

    def required(self) -> list[Item]:
        """The items that an impl has to give."""
        return [item for item in self.items if not provided(item)]


@dataclass(eq=False, slots=True, kw_only=True)
class Impl(Item):
    """An impl; ``name`` is the last segment of its type, ``trait`` the trait as written."""

    self_type: Piece
    trait: Piece | None = None
    negative: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Value(Item):
    """A constant or static."""

    type: Piece | None = None
    value: Piece | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Alias(Item):
    """A type alias or associated type; ``type`` is what it stands for, ``bounds`` those of a declaration."""

    type: Piece | None = None
    bounds: Piece | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One name that a use declaration brings: its whole path, the name it gets here (``*`` for all)."""

    path: tuple[str, ...]
    name: str
    start: int
    end: int


@dataclass(eq=False, slots=True, kw_only=True)
class Use(Item):
    leaves: tuple[Leaf, ...] = ()


def provided(item: Item) -> bool:
    """An item of a trait that an impl may leave out."""
    match item:
        case Function():
            return item.body is not None
        case Value():
            return item.value is not None
        case Alias():
            return item.type is not None
        case _:
            return True
