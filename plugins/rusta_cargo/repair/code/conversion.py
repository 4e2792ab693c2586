"""How a value of one type is made one of another, as people write it: the forms, the likeliest first.

``conversions(have, want, place)`` joins small rules, each of which knows one family of types. Layers (``Option``,
``Result``, boxes) are put on or taken off, and what remains is converted again, two steps deep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.expression import (
    Form,
    call,
    cast,
    comparison,
    literally,
    prefix,
    suffix,
)
from rusta_cargo.repair.code.items import Enum, ItemIndex, Struct
from rusta_cargo.repair.code.style import STRING, casts, preferred

Choice = tuple[Form, float]
MOST = 10
_DEEPEST = 2
_MAKERS = {"Box": "Box::new", "Rc": "Rc::new", "Arc": "Arc::new", "RefCell": "RefCell::new", "Cell": "Cell::new",
           "Mutex": "Mutex::new", "RwLock": "RwLock::new", "Pin": "Box::pin", "Cow": "Cow::Borrowed", "Rev": "Rev"}  # fmt: skip
_POINTERS = ("Box", "Rc", "Arc", "MutexGuard", "RwLockReadGuard", "RwLockWriteGuard", "Ref", "RefMut", "Cow", "ManuallyDrop",
             "LazyLock", "ThinBox", "ChunkBy")  # fmt: skip
_COLLECTIONS = (
    "Vec",
    "HashSet",
    "BTreeSet",
    "VecDeque",
    "LinkedList",
    "BinaryHeap",
    "HashMap",
    "BTreeMap",
    "String",
)
_ITERATORS = (
    "Map", "Filter", "FilterMap", "Rev", "Iter", "IterMut", "IntoIter", "Enumerate", "Zip", "Chain", "Take", "Skip", "StepBy",
    "Chars", "CharIndices", "Bytes", "Lines", "Split", "SplitWhitespace", "Cloned", "Copied", "FlatMap", "Flatten", "Peekable",
    "TakeWhile", "SkipWhile", "Keys", "Values", "ValuesMut", "IntoKeys", "IntoValues", "Drain", "Windows", "Chunks", "Scan",
    "Inspect", "Cycle", "SplitN", "RSplit", "Successors", "FromFn", "Repeat", "Once", "MapWhile", "Matches", "Range",
)  # fmt: skip
_WIDER = {
    "u8": ("u16", "u32", "u64", "u128", "usize", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "char"),
    "u16": ("u32", "u64", "u128", "usize", "i32", "i64", "i128", "f32", "f64"), "u32": ("u64", "u128", "i64", "i128", "f64"),
    "u64": ("u128", "i128"), "i8": ("i16", "i32", "i64", "i128", "isize", "f32", "f64"),
    "i16": ("i32", "i64", "i128", "isize", "f32", "f64"), "i32": ("i64", "i128", "f64"), "i64": ("i128",), "f32": ("f64",),
    "bool": ("u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"), "char": ("u32", "u64", "u128"),
}  # fmt: skip
_MEASURED = (
    "Vec",
    "String",
    "str",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "VecDeque",
    "BinaryHeap",
)
# (have, want) of owned and borrowed text and the like: form and weight.
_TEXT: dict[tuple[str, str], tuple[tuple[str, float], ...]] = {
    ("String", "&str"): (("&", 0.7), (".as_str()", 0.5)), ("&String", "&str"): ((".as_str()", 0.5),),
    ("&String", "String"): ((".clone()", 0.7), (".to_string()", 0.3), (".to_owned()", 0.2)),
    ("&&str", "&str"): (("*", 0.7),), ("&&str", "String"): ((".to_string()", 0.6),),
    ("char", "String"): ((".to_string()", 0.7), ("String::from(", 0.3)), ("&char", "String"): ((".to_string()", 0.6),),
    ("char", "&str"): ((".to_string().as_str()", 0.2),), ("String", "char"): ((".chars().next().unwrap()", 0.15),),
    ("&str", "char"): ((".chars().next().unwrap()", 0.2),), ("&str", "&[u8]"): ((".as_bytes()", 0.8),),
    ("String", "&[u8]"): ((".as_bytes()", 0.8),), ("&String", "&[u8]"): ((".as_bytes()", 0.8),),
    ("String", "Vec<u8>"): ((".into_bytes()", 0.7),), ("&str", "Vec<u8>"): ((".as_bytes().to_vec()", 0.5), (".into()", 0.2)),
    ("&[u8]", "Vec<u8>"): ((".to_vec()", 0.8),), ("Vec<u8>", "String"): (("String::from_utf8_lossy(&…).into_owned()", 0.25),),
    ("&str", "&Path"): (("Path::new(", 0.7),), ("&String", "&Path"): (("Path::new(", 0.7),), ("String", "&Path"): (("Path::new(&…)", 0.6),),
    ("&str", "PathBuf"): (("PathBuf::from(", 0.6), (".into()", 0.2)), ("String", "PathBuf"): (("PathBuf::from(", 0.6), (".into()", 0.2)),
    ("&String", "PathBuf"): (("PathBuf::from(", 0.6),), ("&Path", "PathBuf"): ((".to_path_buf()", 0.8), (".to_owned()", 0.15)),
    ("&PathBuf", "PathBuf"): ((".clone()", 0.7), (".to_path_buf()", 0.3)), ("&OsStr", "OsString"): ((".to_os_string()", 0.5), (".to_owned()", 0.4)),
    ("&Path", "&str"): ((".to_str().unwrap()", 0.3),), ("PathBuf", "&Path"): (("&", 0.7), (".as_path()", 0.4)),
    ("Cow<str>", "String"): ((".into_owned()", 0.7), (".to_string()", 0.3)), ("Cow<str>", "&str"): (("&", 0.7), (".as_ref()", 0.2)),
    ("&Path", "String"): ((".display().to_string()", 0.4), (".to_string_lossy().into_owned()", 0.2)),
    ("Arguments", "String"): ((".to_string()", 0.5),), ("&CStr", "&str"): ((".to_str().unwrap()", 0.3),),
    ("Chars", "String"): ((".collect()", 0.5), (".as_str().to_string()", 0.2)), ("Chars", "&str"): ((".as_str()", 0.6),),
    ("Ordering", "bool"): ((".is_eq()", 0.3), (".is_lt()", 0.2), (".is_gt()", 0.2)),
    ("u8", "char"): ((" as char", 0.6), ("char::from(", 0.4)), ("u32", "char"): (("char::from_u32(…).unwrap()", 0.5),),
    ("char", "u8"): ((" as u8", 0.6),), ("char", "u32"): ((" as u32", 0.6), ("u32::from(", 0.3)),
    ("char", "usize"): ((" as usize", 0.4), (".to_digit(10).unwrap() as usize", 0.2), (".len_utf8()", 0.2)),
    ("f64", "Duration"): (("Duration::from_secs_f64(", 0.4),), ("u64", "Duration"): (("Duration::from_secs(", 0.4), ("Duration::from_millis(", 0.3)),
    ("Duration", "u64"): ((".as_secs()", 0.5),), ("Duration", "u128"): ((".as_millis()", 0.6), (".as_nanos()", 0.2)),
    ("Duration", "f64"): ((".as_secs_f64()", 0.7),), ("Duration", "f32"): ((".as_secs_f32()", 0.7),), ("Instant", "Duration"): ((".elapsed()", 0.5),),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where the value stands. ``leaves`` is the written return type of the function or closure that ``?`` leaves."""

    source: bytes
    index: ItemIndex
    node: Node | None = None
    leaves: str | None = None
    depth: int = 0

    @property
    def kind(self) -> str:
        return "" if self.node is None else self.node.type

    def deeper(self) -> Place:
        return replace(self, depth=self.depth + 1)

    def is_copy(self, kind: str) -> bool:
        """Values of the type are copied, as far as the tree tells."""
        flat = types.short(kind)
        if flat in types.COPY or flat in ("{integer}", "{float}") or flat.startswith(("*", "fn(")):
            return True
        if types.is_reference(flat):
            return not types.is_mutable_reference(flat)
        members = types.tuple_parts(flat) or (
            [types.element(flat) or ""] if flat.startswith("[") and ";" in flat else None
        )
        if members is not None:
            return all(self.is_copy(part) for part in members)
        inner = types.inner(flat, "Option")
        return self.is_copy(inner) if inner is not None else self.index.implements(flat, "Copy")


def conversions(have: str, want: str, place: Place) -> list[Choice]:
    """The forms that turn a ``have`` into a ``want``, the likeliest first; none when the types say nothing."""
    best: dict[Form, float] = {}
    mine, theirs = types.short(have), types.short(want)
    if not mine or not theirs or theirs in ("_", "!") or place.depth > _DEEPEST:
        return []
    for rule in _RULES:
        for form, weight in rule(mine, theirs, place):
            best[form] = max(best.get(form, 0.0), min(weight, 0.95))
    return sorted(best.items(), key=lambda pair: -pair[1])[:MOST]


def form_of(written: str) -> Form:
    """A form as the tables write it: ``&``, ``*``, ``.method()``, ``path(``, `` as T``, or text around ``…``."""
    before, hole, after = written.partition("…")
    if hole:
        tight = 4 if before.endswith("&") else 0
        return Form(before=before, after=after, needs=tight)
    if written.startswith(" as "):
        return cast(written.removeprefix(" as "))
    if written.endswith("("):
        return call(written[:-1])
    return suffix(written) if written.startswith((".", "?", "(", "[")) else prefix(written)


def joined(first: Form, then: Form) -> Form:
    """``then`` written around ``first``."""
    if first.text is not None or then.text is not None:
        return then if then.text is not None else literally(then.put(first.text or "", first.gives))
    left, right = ("(", ")") if first.gives < then.needs else ("", "")
    return Form(
        f"{then.before}{left}{first.before}",
        f"{first.after}{right}{then.after}",
        first.needs,
        then.gives,
    )


def _further(have: str, want: str, place: Place) -> list[Choice]:
    """The identity or the best conversions of an inner layer."""
    if types.same(have, want):
        return [(Form(), 1.0)]
    return [(form, 0.7 * weight) for form, weight in conversions(have, want, place.deeper())[:3]]


def _text(have: str, want: str, place: Place) -> Iterator[Choice]:
    for written, weight in _TEXT.get((have, want), ()):
        yield form_of(written), weight
    if (have, want) == ("&str", "String"):
        for rank, written in enumerate(preferred(place.source, STRING)):
            yield (
                (call(written) if written[0] == "S" else suffix(written)),
                (0.8, 0.4, 0.25, 0.2)[rank],
            )
    if want == "String" and types.strip_references(have) in (
        *types.NUMBERS,
        "bool",
        "{integer}",
        "{float}",
    ):
        yield suffix(".to_string()"), 0.75
    if want in ("Vec<String>", "Vec<char>") and have in ("&str", "String"):
        yield suffix(".chars().collect()"), 0.2


def _references(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.reference(have), types.reference(want)
    if theirs is not None and (mine is None or types.is_reference(theirs[2])):
        sign = "&mut " if theirs[1] else "&"
        if reaches(have, theirs[2]):
            yield prefix(sign), 0.85
            if theirs[2].startswith("[") and types.inner(have, "Vec"):
                yield suffix(".as_mut_slice()" if theirs[1] else ".as_slice()"), 0.15
    if (
        mine is not None
        and theirs is not None
        and theirs[1]
        and not mine[1]
        and reaches(mine[2], theirs[2])
    ):
        if place.node is not None and place.kind == "reference_expression":
            yield literally(f"&mut {nodes.text(place.node.child_by_field_name('value'))}"), 0.9
    if mine is not None and (theirs is None or types.is_reference(mine[2])):
        if types.same(mine[2], want) and want not in ("str", "{integer}"):
            copied = place.is_copy(want)
            yield prefix("*"), 0.8 if copied else 0.2
            pointer = types.head(want) if types.head(want) in ("Rc", "Arc") else None
            if pointer and place.source.count(f"{pointer}::clone(".encode()):
                yield call(f"{pointer}::clone"), 0.75
            if not want.startswith(("dyn ", "[")):
                yield suffix(".clone()"), 0.3 if copied else 0.7
        elif types.is_reference(mine[2]) and types.same(types.referent(mine[2]), want):
            yield prefix("**"), 0.7 if place.is_copy(want) else 0.15
            yield joined(prefix("*"), suffix(".clone()")), 0.1
        elif not want.startswith("&"):
            for form, weight in conversions(mine[2], want, place.deeper())[:2]:
                if place.is_copy(mine[2]):
                    yield joined(prefix("*"), form), 0.7 * weight
    slice_of = (
        types.element(types.referent(have))
        if mine is not None and types.referent(have).startswith("[")
        else None
    )
    if (
        slice_of is not None
        and (inner := types.inner(want, "Vec")) is not None
        and types.same(slice_of, inner)
    ):
        yield suffix(".to_vec()"), 0.75


def reaches(have: str, want: str) -> bool:
    """A reference to ``have`` may stand for one to ``want``: the same type, or along ``Deref``."""
    if types.same(have, want) or (have, want) in (
        ("String", "str"),
        ("PathBuf", "Path"),
        ("OsString", "OsStr"),
    ):
        return True
    if want.startswith("[") and ";" not in want:
        own = types.element(have) if have.startswith("[") else types.inner(have, "Vec")
        return own is not None and types.same(own, types.element(want) or "")
    if want.startswith("dyn "):
        return not have.startswith(("&", "dyn ")) and have[:1].isupper()
    pointed = types.inner(have, *_POINTERS)
    if pointed is None and types.is_reference(have):
        pointed = types.referent(have)
    return pointed is not None and reaches(pointed, want)


def _pointers(have: str, want: str, place: Place) -> Iterator[Choice]:
    pointed = types.inner(have, *_POINTERS)
    if pointed is not None and types.same(pointed, want):
        yield prefix("*"), 0.7
        yield joined(prefix("*"), suffix(".clone()")), 0.2
    held = types.inner(want, *_MAKERS)
    head = types.head(want)
    if held is not None and head in _MAKERS and not want.startswith("&"):
        if held.startswith("dyn "):
            if types.inner(have, head) is None:
                yield call(_MAKERS[head]), 0.6
            if held.startswith("dyn Error") and types.head(have) in ("str", "String"):
                yield suffix(".into()"), 0.75
        elif types.head(have) != head:
            for form, weight in _further(have, held, place):
                yield joined(form, call(_MAKERS[head])), 0.8 * weight
        if (held, types.short(types.strip_references(have))) in (("str", "str"), ("str", "String")):
            yield suffix(".into()"), 0.6
    cell = types.inner(have, "Cell", "RefCell", "Mutex", "RwLock")
    if cell is not None and types.same(cell, types.strip_references(want)):
        getter = {
            "Cell": ".get()",
            "RefCell": ".borrow()",
            "Mutex": ".lock().unwrap()",
            "RwLock": ".read().unwrap()",
        }[types.head(have)]
        sign = "&" if types.is_reference(want) else "*" if types.head(have) != "Cell" else ""
        yield (joined(suffix(getter), prefix(sign)) if sign else suffix(getter)), 0.4


def _layers(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.head(have), types.head(want)
    owned = not types.is_reference(want)
    if owned and theirs == "Option" and mine not in ("Option", "Result"):
        for form, weight in _further(
            have, types.arguments(want)[0] if types.arguments(want) else "_", place
        ):
            yield joined(form, call("Some")), 0.85 * weight
    if owned and theirs == "Result" and mine != "Result":
        given = types.arguments(want)
        for form, weight in _further(have, given[0] if given else "_", place):
            yield joined(form, call("Ok")), 0.85 * weight
        if len(given) > 1:
            for form, weight in _further(have, given[1], place):
                yield joined(form, call("Err")), 0.75 * weight
        if (
            mine == "Option"
            and given
            and types.arguments(have)
            and types.same(types.arguments(have)[0], given[0])
        ):
            yield (
                suffix(
                    '.ok_or("none")'
                    if len(given) > 1 and types.head(given[1]) == "str"
                    else ".ok_or_else(Default::default)"
                ),
                0.1,
            )
    if mine == theirs == "Result" and len(types.arguments(have)) == len(types.arguments(want)) == 2 and _alike(have, want):
        yield from _failures(types.arguments(have)[1], types.arguments(want)[1], place)
    if (mine, theirs) == ("Result", "Option") and _alike(have, want):
        yield suffix(".ok()"), 0.8
    if mine == theirs == "Option" and types.arguments(have) and types.arguments(want):
        yield from _options(have, want, place)
    if (
        mine in ("Option", "Result")
        and theirs != mine
        and not types.is_reference(have)
        and types.arguments(have)
    ):
        yield from _taken(have, want, place)


def _failures(mine: str, theirs: str, place: Place) -> Iterator[Choice]:
    """The error of one result as that of another."""
    goal = place.index.type_named(theirs)
    variants = [v for v in getattr(goal, "variants", ()) if v.shape == "tuple" and len(v.fields) == 1]
    made = any(i.trait is not None and types.same(i.trait.text, f"From<{mine}>") for i in place.index.impls_of(theirs, "*"))
    if made or types.head(theirs) == "Box":
        yield Form(before="Ok(", after="?)", needs=5), 0.55 if place.leaves is not None else 0.2
        yield suffix(".map_err(Into::into)"), 0.35
    for variant in variants:
        if goal is not None and types.same(variant.fields[0].type.text, mine):
            yield suffix(f".map_err({goal.name}::{variant.name})"), 0.7
    if types.head(theirs) == "String":
        yield suffix(".map_err(|e| e.to_string())"), 0.75
    for form, weight in conversions(mine, theirs, place.deeper())[:2]:
        if form.text is None and form != Form():
            yield suffix(f".map_err(|e| {form.put('e')})"), 0.5 * weight


def _alike(have: str, want: str) -> bool:
    mine, theirs = types.arguments(have), types.arguments(want)
    return bool(mine) and bool(theirs) and types.same(mine[0], theirs[0])


def _options(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.arguments(have)[0], types.arguments(want)[0]
    if types.is_reference(mine) and types.same(types.referent(mine), theirs):
        copied = place.is_copy(theirs)
        yield suffix(".copied()"), 0.8 if copied else 0.1
        yield suffix(".cloned()"), 0.5 if copied else 0.8
    elif types.is_reference(theirs):
        if types.same(mine, types.referent(theirs)):
            yield suffix(".as_mut()" if types.is_mutable_reference(theirs) else ".as_ref()"), 0.8
        elif reaches(types.strip_references(mine), types.referent(theirs)):
            yield (
                suffix(".as_deref_mut()" if types.is_mutable_reference(theirs) else ".as_deref()"),
                0.8,
            )
    elif types.same(types.inner(mine, "Option") or "", theirs):
        yield suffix(".flatten()"), 0.6
    elif types.is_reference(have) and types.same(mine, theirs):
        yield suffix(".clone()"), 0.6
    else:
        for form, weight in conversions(mine, theirs, place.deeper())[:2]:
            if form.text is None and form != Form():
                yield suffix(f".map(|x| {form.put('x')})"), 0.5 * weight


def _taken(have: str, want: str, place: Place) -> Iterator[Choice]:
    """The layer comes off: ``?`` where the function can hand the failure on, else a default, else ``unwrap``."""
    inner, head = types.arguments(have)[0], types.head(have)
    for form, weight in _further(inner, want, place):
        leaves = "" if place.leaves is None else types.head(place.leaves)
        if leaves == head:
            yield joined(suffix("?"), form), 0.75 * weight
        elif leaves == "Option" and head == "Result":
            yield joined(suffix(".ok()?"), form), 0.4 * weight
        if default(types.strip_references(inner), place):
            yield joined(suffix(".unwrap_or_default()"), form), 0.22 * weight
        used = place.source.count(b".unwrap()")
        yield joined(suffix(".unwrap()"), form), (0.5 if used else 0.3) * weight
    if want == "bool":
        yield suffix(".is_some()" if head == "Option" else ".is_ok()"), 0.7
        yield suffix(".is_none()" if head == "Option" else ".is_err()"), 0.2


def default(kind: str, place: Place) -> bool:
    """The type has a default value."""
    return types.head(kind) in (*types.NUMBERS, "bool", "char", "str", "String", "Vec", "HashMap", "HashSet", "BTreeMap", "BTreeSet",
                                "Option", "PathBuf", "Duration") or place.index.implements(kind, "Default")  # fmt: skip


def _numbers(have: str, want: str, place: Place) -> Iterator[Choice]:
    flat = have
    if want not in types.NUMBERS:
        if want == "bool" and have in (*types.NUMBERS, "{integer}"):
            yield comparison("!= 0" if have not in types.FLOATS else "!= 0.0"), 0.4
        if want == "Ordering" and have == "bool":
            return
        return
    if (flat in ("{integer}", "{float}") and flat == "{integer}" and want in types.FLOATS) or (
        flat in types.NUMBERS and flat != want
    ):
        wide = want in _WIDER.get(flat, ())
        habit = casts(place.source)
        yield cast(want), 0.8 if habit else 0.5
        if wide:
            yield call(f"{want}::from"), 0.4 if habit else 0.6
            yield suffix(".into()"), 0.2
        elif want in types.INTEGERS and flat in types.INTEGERS:
            yield suffix(".try_into().unwrap()"), 0.3
    elif flat == "{float}" and want in types.INTEGERS:
        yield cast(want), 0.4
    elif flat == "bool":
        yield cast(want), 0.5
        if want in _WIDER["bool"]:
            yield call(f"{want}::from"), 0.4
    elif flat == "char" and want in ("u8", "u32", "u64", "i32", "usize"):
        yield cast(want), 0.5
    elif types.strip_references(flat) in ("str", "String"):
        yield suffix(".parse().unwrap()"), 0.4
        yield suffix(".len()"), 0.7 if want == "usize" else 0.05
    elif types.is_reference(flat) and types.referent(flat) in types.NUMBERS:
        yield joined(prefix("*"), cast(want)), 0.7
    if want == "usize" and (
        types.head(flat) in _MEASURED or types.strip_references(flat).startswith("[")
    ):
        yield suffix(".len()"), 0.7


def _collections(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.head(have), types.head(want)
    if theirs in _COLLECTIONS and not types.is_reference(want):
        if mine in _ITERATORS or have.startswith(("impl Iterator", "impl DoubleEndedIterator")):
            yield suffix(".collect()"), 0.85
        elif (
            mine in _COLLECTIONS
            and mine != theirs
            and theirs != "String"
            and not types.is_reference(have)
        ):
            yield suffix(".into_iter().collect()"), 0.6
    if (
        types.is_reference(want)
        and (types.head(want) == "Vec" or types.referent(want).startswith("["))
        and mine in _ITERATORS
    ):
        yield joined(suffix(".collect::<Vec<_>>()"), prefix("&")), 0.6
    if theirs in ("Iter", "IntoIter", "IterMut") and (mine in _COLLECTIONS or have.startswith("[")):
        yield (
            suffix(
                {"Iter": ".iter()", "IterMut": ".iter_mut()", "IntoIter": ".into_iter()"}[theirs]
            ),
            0.8,
        )
    if have.startswith("[") and theirs == "Vec":
        if place.node is not None and place.kind == "array_expression":
            yield prefix("vec!"), 0.8
        yield suffix(".to_vec()"), 0.6
    if want == "bool" and (mine in _MEASURED or have.startswith("[")):
        yield joined(suffix(".is_empty()"), prefix("!")), 0.4
        yield suffix(".is_empty()"), 0.4
    members = types.tuple_parts(have)
    for number, member in enumerate(members or ()):
        if types.same(member, want) and member != "_":
            yield suffix(f".{number}"), 0.3


def _own(have: str, want: str, place: Place) -> Iterator[Choice]:
    """Along the tree's own types: newtypes, variants, fields, constructors, ``From``."""
    goal = None if types.is_reference(want) else place.index.type_named(want)
    plain = types.split_generic(want)[0]
    if goal is not None and place.depth <= 1:
        shapes = [(plain, goal)] if isinstance(goal, Struct) else []
        shapes += (
            [(f"{plain}::{v.name}", v) for v in goal.variants] if isinstance(goal, Enum) else []
        )
        for name, shape in shapes:
            if shape.shape == "tuple" and len(shape.fields) == 1:
                for form, weight in _further(have, shape.fields[0].type.text, place)[:2]:
                    yield joined(form, call(name)), (0.6 if len(shapes) == 1 else 0.4) * weight
        for method in place.index.methods(want):
            if (
                not method.is_method
                and len(method.parameters) == 1
                and method.returns is not None
                and method.owner is not None
            ):
                if types.head(method.returns.text) in (types.head(want), "Self") and types.same(
                    have, method.parameters[0].type.text
                ):
                    made = (
                        method.name == "from" and getattr(method.owner, "trait", None) is not None
                    )
                    yield call(f"{plain}::{method.name}"), 0.55 if made else 0.4
                    if made:
                        yield suffix(".into()"), 0.5
    source = place.index.type_named(have)
    if isinstance(source, Struct) and place.depth <= 1:
        matching = [field for field in source.fields if types.same(field.type.text, want)]
        loose = [
            field
            for field in source.fields
            if types.same(types.strip_references(want), field.type.text)
        ]
        for field in (matching or loose)[:3]:
            sign = "" if matching else "&mut " if types.is_mutable_reference(want) else "&"
            share = (0.5 if source.shape == "tuple" else 0.35) / max(1, len(matching or loose))
            copied = sign or place.is_copy(want) or not types.is_reference(have)
            form = suffix(f".{field.name}" if copied else f".{field.name}.clone()")
            yield (joined(form, prefix(sign)) if sign else form), share
    if source is not None and place.depth == 0:
        getters = [
            m for m in place.index.methods(have)
            if m.is_method and not m.parameters and m.returns is not None and types.same(m.returns.text.replace("Self", source.name), want)
        ]  # fmt: skip
        for method in getters[:3]:
            yield suffix(f".{method.name}()"), 0.45 / len(getters)


def _calls(have: str, want: str, place: Place) -> Iterator[Choice]:
    """A function where its result was meant, a future that nobody awaited."""
    if types.is_function(have):
        head, _, result = have.partition("->")
        result = result.split("{")[0].strip() or "()"
        if types.same(result, want) or (result == "()" and want == "()"):
            if "()" in head.replace(" ", "") or have.startswith(("{closure", "closure")):
                yield suffix("()"), 0.8
    if have.startswith("impl Future") or have == "future":
        output = have.partition("Output = ")[2].removesuffix(">").strip()
        if not output or types.same(output, want):
            yield suffix(".await"), 0.8
    if want == "()":
        return
    if types.inner(want, "Poll") is not None and types.same(types.inner(want, "Poll") or "", have):
        yield call("Poll::Ready"), 0.7


_RULES: tuple[Callable[[str, str, Place], Iterator[Choice]], ...] = (
    _text, _references, _pointers, _layers, _numbers, _collections, _own, _calls,
)  # fmt: skip
