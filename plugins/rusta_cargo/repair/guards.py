"""What is no repair, however well it compiles. Pure functions over the text of each file before and after.

A patch that deletes code, empties a body, hides or weakens a test, or changes what is not the author's own source makes
errors disappear without mending anything. Such a patch is refused before it is ever checked.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rusta_cargo.repair.broken_guards import broken_refusals
from rusta_cargo.repair.outline import Function, Outline, attribute_name, outline
from rusta_cargo.repair.syntax import differing, parse, tokens
from rusta_schemas.base import check_relative_path

MOST_DELETED = 0.25
# A share says nothing about a handful of tokens: `pub ` away in a file of four is no deletion of code.
FEWEST_DELETED = 8
_NOT_SOURCE = ("vendor", "target", ".git", ".cargo")
_EDITABLE = (".rs", "Cargo.toml")
# A predicate of `cfg` that there is not, and conditions that never hold.
_UNKNOWN = re.compile(rb"^#\[\s*cfg\s*\((?:.*\b)?(?!(?:all|any|not|accessible|version)\b)\b\w+\s*\(", re.DOTALL)
_NEVER = frozenset((b"#[cfg(any())]", b"#[cfg(not(all()))]", b"#[cfg(false)]"))
_WORDS = re.compile(rb"\w+|\"[^\"]*\"")
_MODULE_ENDS = (".rs", "/mod.rs")
_HIDING = ("cfg", "cfg_attr", "ignore", "should_panic")


@dataclass(frozen=True)
class Change:
    """One file of a patch. ``before`` is None for a new file, ``after`` for a removed one."""

    path: str
    before: bytes | None
    after: bytes | None


def refusals(
    changes: Iterable[Change],
    roots: Iterable[str] = ("",),
    files: Iterable[str] = (),
    broken: frozenset[str] = frozenset(),
) -> list[str]:
    """Why the patch is refused; empty when it is not.

    Args:
        changes: every file of the patch.
        roots: folders of the packages, relative to the tree; their ``tests/`` folders hold integration tests.
        files: the paths of everything in the tree, where known; a module without a file was never in the build.
        broken: files of integration tests that do not compile; as they are, they judge nothing.
    """
    places, known = tuple(roots), frozenset(files)
    return [why for change in changes for why in _refusals(change, places, known, broken)]


@lru_cache(maxsize=32)
def _refusals(change: Change, roots: tuple[str, ...], files: frozenset[str], broken: frozenset[str]) -> tuple[str, ...]:
    outside = place_refusal(change.path, roots, broken)
    if outside is not None:
        return (outside,)
    if change.after is None:
        return (f"{change.path} would be removed",)
    if change.before is None or not change.path.endswith(".rs"):
        return ()
    old, new = differing(change.before, change.after)
    if parse(change.before).root_node.has_error:
        return (
            *_deletion(change.path, change.before, old, new),
            *_markers(change.path, old, new),
            *broken_refusals(change.path, change.before, change.after),
        )
    before, after = outline(old), outline(new)
    return (
        *_deletion(change.path, change.before, old, new),
        *_tests(change.path, before, after),
        *_markers(change.path, old, new),
        *_hidden(change.path, before, after, _kept(change, old, new, before.modules, files)),
        *_emptied(change.path, before, after),
    )


def place_refusal(path: str, roots: Iterable[str] = ("",), broken: frozenset[str] = frozenset()) -> str | None:
    """Why a file may not be changed at all, or None when it may. ``broken``: as for :func:`refusals`."""
    try:
        check_relative_path(path)
    except ValueError:
        return f"{path} lies outside the tree"
    parts = path.split("/")
    for name in _NOT_SOURCE:
        if name in parts[:-1]:
            return f"{path} lies under {name}/, which is not the project's own source"
    if not path.endswith(_EDITABLE):
        return f"{path} is neither Rust source nor a manifest"
    if path not in broken and is_integration_test(path, roots):
        return f"{path} is a test; a repair does not change what it is judged by"
    return None


def is_integration_test(path: str, roots: Iterable[str]) -> bool:
    """It lies in the ``tests/`` folder of a package."""
    return any(path.startswith(f"{root}/tests/" if root else "tests/") for root in roots)


def deleted_share(before: bytes, after: bytes) -> float:
    """The share of the code of ``before`` that is gone, in tokens; comments are not code. 0 when it grew."""
    old, new = differing(before, after)
    return _share(before, old, new)


def _share(before: bytes, old: bytes, new: bytes) -> float:
    lost = len(tokens(old)) - len(tokens(new))
    # the tokens of the whole file, without counting a large unchanged part
    whole = len(tokens(before)) if len(before) < 1_000_000 else len(tokens(old)) + (len(before) - len(old)) // 5
    return max(0.0, lost / whole) if whole else 0.0


def _deletion(path: str, before: bytes, old: bytes, new: bytes) -> Iterator[str]:
    share = _share(before, old, new)
    if share > MOST_DELETED and len(tokens(old)) - len(tokens(new)) >= FEWEST_DELETED:
        yield f"{share:.0%} of the code of {path} would be deleted"


def _tests(path: str, before: Outline, after: Outline) -> Iterator[str]:
    for name, test in before.functions.items():
        if not test.is_test:
            continue
        now = after.functions.get(name)
        if now is None or not now.is_test:
            yield f"the test {name} of {path} would be gone"
        elif hidden := _newly_hiding(test, now):
            yield f"the test {name} of {path} would be hidden by #[{hidden}]"
        elif now.assertions != test.assertions:
            yield f"an assertion of the test {name} of {path} would change"
        elif test.body is not None and not test.does_nothing and now.does_nothing:
            yield f"the test {name} of {path} would be emptied"
    lost = Counter(before.doc_tests) - Counter(after.doc_tests)
    if lost:
        yield f"a documentation test of {path} would be gone or changed"


def _newly_hiding(before: Function, after: Function) -> str | None:
    added = Counter(after.attributes) - Counter(before.attributes)
    gone = Counter(before.attributes) - Counter(after.attributes)
    # A condition that the compiler does not know hid nothing; another one in its place may.
    mended = (
        sum(1 for text in gone if _UNKNOWN.search(text)) if _NEVER.isdisjoint(_plain(text) for text in added) else 0
    )
    hiding = [
        attribute_name(text) for text in added if attribute_name(text) in _HIDING and not _said_before(text, gone)
    ]
    if mended and hiding == ["cfg"]:
        return None
    return next(iter(hiding), None)


def _said_before(text: bytes, gone: Iterable[bytes]) -> bool:
    """An attribute of the same words stood there: only a sign in it was mended."""
    return any(_WORDS.findall(text) == _WORDS.findall(other) for other in gone)


def _plain(text: bytes) -> bytes:
    return b"".join(text.split())


def _markers(path: str, old: bytes, new: bytes) -> Iterator[str]:
    """Tests written by macros have no function item; their ``#[test]`` is counted in the tokens."""
    if _test_markers(new) < _test_markers(old):
        yield f"a #[test] of {path} would be gone"


def _test_markers(source: bytes) -> int:
    leaves = tokens(source)
    return sum(
        1
        for index, token in enumerate(leaves[:-1])
        if token == b"test" and leaves[index + 1] == b"]" and leaves[index - 1] in (b"[", b"::")
    )


def _kept(change: Change, old: bytes, new: bytes, declared: Iterable[str], files: frozenset[str]) -> frozenset[str]:
    """The modules that the file still declares, and those that have no file; an attribute that is gone may have told
    platforms apart, or named the file."""
    assert change.after is not None  # what is removed was refused before
    if new.count(b"#[") < old.count(b"#["):
        return frozenset()
    own = (posixpath.dirname(change.path), change.path.removesuffix(".rs"))
    places = {name: [posixpath.join(folder, *name.split("::")) for folder in own] for name in declared if files}
    lost = {
        name for name, found in places.items() if files.isdisjoint(f"{at}{end}" for at in found for end in _MODULE_ENDS)
    }
    return frozenset(outline(change.after).modules) | lost


def _hidden(path: str, before: Outline, after: Outline, still: frozenset[str]) -> Iterator[str]:
    for name in Counter(before.modules) - Counter(after.modules):
        if name in still:
            continue
        yield f"the module {name} of {path} would be taken out of the build"
    gone = Counter(before.inner) - Counter(after.inner)
    for text in Counter(after.inner) - Counter(before.inner):
        if attribute_name(text) in ("cfg", "cfg_attr") and not _said_before(text, gone):
            yield f"{path} would be hidden by #![{attribute_name(text)}]"
    for name, function in before.functions.items():
        now = after.functions.get(name)
        if now is not None and not function.is_test:
            hiding = _newly_hiding(function, now)
            if hiding in ("cfg", "cfg_attr"):
                yield f"the function {name} of {path} would be hidden by #[{hiding}]"


def _emptied(path: str, before: Outline, after: Outline) -> Iterator[str]:
    for name, function in before.functions.items():
        now = after.functions.get(name)
        if now is not None and function.body is not None and not function.does_nothing and now.does_nothing:
            yield f"the body of {name} of {path} would be emptied"
