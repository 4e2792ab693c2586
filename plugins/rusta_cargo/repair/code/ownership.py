"""Who owns what: which types are Copy or Clone, which could be, and what an owned value of a borrowed type is."""

from __future__ import annotations

import re

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.items import Enum, Field, ItemIndex, Struct
from rusta_cargo.repair.code.values import EMPTY

_CLONE = (
    "String",
    "Vec",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "VecDeque",
    "Rc",
    "Arc",
    "Option",
    "Box",
    "PathBuf",
    "Result",
    "OsString",
    "LinkedList",
    "BinaryHeap",
    "Duration",
    "Instant",
    "Cow",
    "Sender",
    "RefCell",
    "Cell",
    "Weak",
)
_COPY_HEADS = (
    "Duration",
    "Instant",
    "PhantomData",
    "NonZeroU32",
    "NonZeroUsize",
    "Ordering",
    "SystemTime",
    "TypeId",
)
# The owned form of a borrowed type and the call that makes it.
_OWNED = {
    "str": ("String", ".to_string()"),
    "Path": ("PathBuf", ".to_path_buf()"),
    "OsStr": ("OsString", ".to_os_string()"),
    "CStr": ("CString", ".to_owned()"),
}
_DEFAULTS = (
    "String",
    "Vec",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "VecDeque",
    "Option",
    "PathBuf",
    "LinkedList",
    "BinaryHeap",
)


def is_copy(type_text: str | None, index: ItemIndex) -> bool:
    """Certainly Copy."""
    if type_text is None:
        return False
    flat = type_text.strip()
    if types.is_reference(flat):
        return not types.is_mutable_reference(flat)
    if flat in types.COPY or flat in ("{integer}", "{float}", "!") or flat.startswith(("*const", "*mut", "fn(")):
        return True
    if types.head(flat) in _COPY_HEADS:
        return True
    if (inner := types.inner(flat, "Option")) is not None:
        return is_copy(inner, index)
    members = types.tuple_parts(flat)
    if members is not None:
        return all(is_copy(part, index) for part in members)
    if flat.startswith("[") and ";" in flat:
        return is_copy(types.split_top(flat[1:-1], ";")[0], index)
    item = index.type_named(flat)
    return item is not None and index.implements(item.name, "Copy")


def is_clone(type_text: str | None, index: ItemIndex) -> bool:
    """Clone, as far as the head of the type tells."""
    if type_text is None:
        return False
    flat = type_text.strip()
    if is_copy(flat, index):
        return True
    if types.is_mutable_reference(flat):
        return False
    if types.head(flat) in _CLONE:
        return all(types.is_reference(a) or a == "_" or "dyn " not in a for a in types.arguments(flat)) or types.head(
            flat
        ) in ("Rc", "Arc")
    members = types.tuple_parts(flat)
    if members is not None:
        return all(is_clone(part, index) for part in members)
    item = index.type_named(flat)
    return item is not None and index.implements(item.name, "Clone")


def fields_of(item: Struct | Enum) -> list[Field]:
    return [field for part in (item.variants if isinstance(item, Enum) else (item,)) for field in part.fields]


def could_copy(item: Struct | Enum, index: ItemIndex) -> bool:
    """All fields are Copy (type parameters count: a derive bounds them), and there is no Drop."""
    generic = {part.name for part in item.generics if part.kind == "type"}
    return not index.implements(item.name, "Drop") and all(
        field.type.text in generic or is_copy(field.type.text, index) for field in fields_of(item)
    )


def could_clone(item: Struct | Enum, index: ItemIndex) -> bool:
    """All fields are Clone as far as is known."""
    generic = {part.name for part in item.generics if part.kind == "type"}
    return all(
        field.type.text in generic or is_clone(field.type.text, index) or types.head(field.type.text) == item.name
        for field in fields_of(item)
    )


def has_default(type_text: str | None, index: ItemIndex) -> bool:
    """``std::mem::take`` works on it."""
    if type_text is None:
        return False
    flat = type_text.strip()
    if flat in types.COPY or types.head(flat) in _DEFAULTS or flat in EMPTY:
        return not types.is_reference(flat)
    item = index.type_named(flat)
    return item is not None and not types.is_reference(flat) and index.implements(item.name, "Default")


def owned(type_text: str) -> tuple[str, str] | None:
    """(owned type, call) of a reference type: ``&'a str`` is ``("String", ".to_string()")``."""
    parts = types.reference(type_text)
    if parts is None:
        return None
    inner = parts[2].strip()
    if inner in _OWNED:
        return _OWNED[inner]
    if inner.startswith("[") and ";" not in inner:
        return f"Vec<{inner[1:-1].strip()}>", ".to_vec()"
    if inner.startswith(("dyn ", "(dyn ")):
        return None
    return inner, ".clone()"


def without_lifetime(type_text: str, name: str) -> str:
    """The type with one lifetime taken out of references and argument lists."""
    flat = re.sub(rf"&\s*{name}\b\s*", "&", type_text)
    flat = re.sub(rf"<\s*{name}\s*,\s*", "<", flat)
    return re.sub(rf"\+\s*{name}\b|<\s*{name}\s*>|,\s*{name}\b", "", flat).strip()
