"""Conversions between plain types: text, references, numbers, collections, and calls that were left out."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.conversion_place import (
    COLLECTIONS,
    ITERATORS,
    MEASURED,
    TEXT,
    WIDER,
    Choice,
    Place,
    form_of,
    joined,
    reaches,
)
from rusta_cargo.repair.code.expression import (
    Form,
    call,
    cast,
    comparison,
    literally,
    prefix,
    suffix,
)
from rusta_cargo.repair.code.style import STRING, casts, preferred


def _text(have: str, want: str, place: Place) -> Iterator[Choice]:
    for written, weight in TEXT.get((have, want), ()):
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
        (mine is not None and theirs is not None and theirs[1] and not mine[1] and reaches(mine[2], theirs[2]))
        and place.node is not None
        and place.kind == "reference_expression"
    ):
        # What is lent mutably already needs no second borrow.
        lent = types.is_mutable_reference(mine[2])
        yield literally(f"&mut {nodes.text(place.node.child_by_field_name('value'))}"), 0.4 if lent else 0.9
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
            for form, weight in place.deeper().convert(mine[2], want)[:2]:
                if place.is_copy(mine[2]):
                    yield joined(prefix("*"), form), 0.7 * weight
    slice_of = (
        types.element(types.referent(have)) if mine is not None and types.referent(have).startswith("[") else None
    )
    if slice_of is not None and (inner := types.inner(want, "Vec")) is not None and types.same(slice_of, inner):
        yield suffix(".to_vec()"), 0.75


def _numbers(have: str, want: str, place: Place) -> Iterator[Choice]:
    flat = have
    if want == "{integer}" and (types.head(flat) in MEASURED or types.strip_references(flat).startswith("[")):
        yield suffix(".len()"), 0.6
    if want not in types.NUMBERS:
        if want == "bool" and have in (*types.NUMBERS, "{integer}"):
            yield comparison("!= 0" if have not in types.FLOATS else "!= 0.0"), 0.4
        return
    if (flat in ("{integer}", "{float}") and flat == "{integer}" and want in types.FLOATS) or (
        flat in types.NUMBERS and flat != want
    ):
        wide = want in WIDER.get(flat, ())
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
        if want in WIDER["bool"]:
            yield call(f"{want}::from"), 0.4
    elif flat == "char" and want in ("u8", "u32", "u64", "i32", "usize"):
        yield cast(want), 0.5
    elif types.strip_references(flat) in ("str", "String"):
        yield suffix(".parse().unwrap()"), 0.4
        yield suffix(".len()"), 0.7 if want == "usize" else 0.05
    elif types.is_reference(flat) and types.referent(flat) in types.NUMBERS:
        yield joined(prefix("*"), cast(want)), 0.7
    if want == "usize" and (types.head(flat) in MEASURED or types.strip_references(flat).startswith("[")):
        yield suffix(".len()"), 0.7


def _collections(have: str, want: str, place: Place) -> Iterator[Choice]:
    mine, theirs = types.head(have), types.head(want)
    if theirs in COLLECTIONS and not types.is_reference(want):
        if mine in ITERATORS or have.startswith(("impl Iterator", "impl DoubleEndedIterator")):
            yield suffix(".collect()"), 0.85
        elif mine in COLLECTIONS and mine != theirs and theirs != "String" and not types.is_reference(have):
            yield suffix(".into_iter().collect()"), 0.6
    if (
        types.is_reference(want)
        and (types.head(want) == "Vec" or types.referent(want).startswith("["))
        and mine in ITERATORS
    ):
        yield joined(suffix(".collect::<Vec<_>>()"), prefix("&")), 0.6
    if theirs in ("Iter", "IntoIter", "IterMut") and (mine in COLLECTIONS or have.startswith("[")):
        yield (
            suffix({"Iter": ".iter()", "IterMut": ".iter_mut()", "IntoIter": ".into_iter()"}[theirs]),
            0.8,
        )
    if have.startswith("[") and theirs == "Vec":
        if place.node is not None and place.kind == "array_expression":
            yield prefix("vec!"), 0.8
        yield suffix(".to_vec()"), 0.6
    element = types.inner(want, "Vec", "VecDeque", "HashSet", "BTreeSet")
    if element is not None and types.same(have, element) and have != "_":
        yield Form(before="vec![", after="]") if theirs == "Vec" else Form(f"{theirs}::from([", "])"), 0.6
    lent = (
        types.element(types.referent(want))
        if types.is_reference(want) and types.referent(want).startswith("[")
        else None
    )
    if lent is not None and ";" not in want and types.same(types.strip_references(have), lent):
        if not types.is_reference(have):
            yield Form(before="&[", after="]"), 0.5
        elif types.same(types.referent(have), lent):
            yield call("std::slice::from_ref"), 0.5
    if want == "bool" and (mine in MEASURED or have.startswith("[")):
        yield joined(suffix(".is_empty()"), prefix("!")), 0.4
        yield suffix(".is_empty()"), 0.4
    members = types.tuple_parts(have)
    for number, member in enumerate(members or ()):
        if types.same(member, want) and member != "_":
            yield suffix(f".{number}"), 0.3


def _calls(have: str, want: str, _place: Place) -> Iterator[Choice]:
    """A function where its result was meant, a future that nobody awaited."""
    if types.is_function(have):
        head, _, result = have.partition("->")
        result = result.split("{")[0].strip() or "()"
        needs_none = "()" in head.replace(" ", "") or have.startswith(("{closure", "closure"))
        if needs_none and types.same(result, want):
            yield suffix("()"), 0.8
    if have.startswith("impl Future") or have == "future":
        output = have.partition("Output = ")[2].removesuffix(">").strip()
        if not output or types.same(output, want):
            yield suffix(".await"), 0.8
    if want == "()":
        return
    if types.inner(want, "Poll") is not None and types.same(types.inner(want, "Poll") or "", have):
        yield call("Poll::Ready"), 0.7


RULES = (_text, _references, _numbers, _collections, _calls)
