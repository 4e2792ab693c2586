"""What methods of std's collections and wrappings give, where the type that they are called on tells."""

from __future__ import annotations

from rusta_cargo.repair.code import types

_LISTS = ("Vec", "VecDeque", "HashSet", "BTreeSet", "LinkedList", "BinaryHeap")
_MAPS = ("HashMap", "BTreeMap")
_TAKEN = ("pop", "pop_front", "pop_back", "pop_first", "pop_last")
_SEEN = ("first", "last", "front", "back", "peek")
_SEEN_MUT = ("first_mut", "last_mut", "front_mut", "back_mut", "peek_mut")
_READ = ("iter", "keys", "values")
_WRITTEN = ("iter_mut", "values_mut")
_OK = ("ok_or", "ok_or_else")


def result(owner: str, method: str) -> str | None:
    """The type of ``owner.method(…)``; iterators are ``Iter<what they give>``. None when this is not known.

    ``owner``: a type's text, references and all.
    """
    bare = types.strip_references(owner)
    head, given = types.head(bare), types.arguments(bare)
    listed = types.element(bare) if head in _LISTS or bare.startswith("[") else None
    if listed is not None:
        return _of_list(listed, method)
    if head in _MAPS and len(given) >= 2:
        return _of_map(given[0], given[1], method)
    if head == "Entry" and method in ("or_insert", "or_insert_with", "or_default"):
        return f"&mut {given[-1]}" if given else None
    if head == "Iter" and given:
        return _of_iterator(given[0], method)
    if head == "Option" and given:
        return _of_option(given[0], method)
    if head in ("RefCell", "Mutex", "RwLock") and given and method in ("borrow", "borrow_mut"):
        return f"&mut {given[0]}" if method == "borrow_mut" else f"&{given[0]}"
    return None


def _of_list(element: str, method: str) -> str | None:
    if method in _TAKEN:
        return f"Option<{element}>"
    if method in (*_SEEN, "get"):
        return f"Option<&{element}>"
    if method in (*_SEEN_MUT, "get_mut"):
        return f"Option<&mut {element}>"
    if method in _READ:
        return f"Iter<&{element}>"
    if method in _WRITTEN:
        return f"Iter<&mut {element}>"
    if method in ("into_vec", "to_vec"):
        return f"Vec<{element}>"
    return f"Iter<{element}>" if method in ("into_iter", "drain") else None


def _of_map(key: str, value: str, method: str) -> str | None:
    if method == "get":
        return f"Option<&{value}>"
    if method == "get_mut":
        return f"Option<&mut {value}>"
    if method in ("remove", "insert"):
        return f"Option<{value}>"
    if method == "entry":
        return f"Entry<{key}, {value}>"
    return {
        "keys": f"Iter<&{key}>", "values": f"Iter<&{value}>", "values_mut": f"Iter<&mut {value}>",
        "iter": f"Iter<(&{key}, &{value})>", "iter_mut": f"Iter<(&{key}, &mut {value})>",
    }.get(method)  # fmt: skip


def _of_iterator(element: str, method: str) -> str | None:
    if method in ("rev", "skip", "take", "filter", "step_by", "skip_while", "take_while", "iter", "by_ref", "chain"):
        return f"Iter<{element}>"
    if method in ("copied", "cloned"):
        return f"Iter<{types.strip_references(element)}>"
    if method == "enumerate":
        return f"Iter<(usize, {element})>"
    return f"Option<{element}>" if method in ("next", "last", "nth", "max", "min", "find", "max_by_key") else None


def _of_option(inner: str, method: str) -> str | None:
    if method in _OK:
        return f"Result<{inner}, _>"
    if method in ("copied", "cloned"):
        return f"Option<{types.strip_references(inner)}>"
    if method in ("as_ref", "as_mut"):
        word = "mut " if method == "as_mut" else ""
        return f"Option<&{word}{inner}>"
    return f"Option<{inner}>" if method == "take" else None
