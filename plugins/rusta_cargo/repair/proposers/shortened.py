"""The compiler's suggestions with the paths that the file need not write: any error.

The compiler writes ``T: std::clone::Clone`` and ``std::fmt::Debug`` in full; where the last name is in the prelude or
imported, people write that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.bounding import imported
from rusta_cargo.repair.code.edits import wrap
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Alias, Function, Impl, ItemIndex
from rusta_cargo.repair.code.nodes import node_at
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Applicability, Suggestion

# A little above what the suggestion itself gets, as it is the same repair in the words of the file.
PRIORS = {Applicability.MACHINE: 0.92, Applicability.MAYBE: 0.53, Applicability.UNSPECIFIED: 0.33}
# The file's own way of cloning a counted pointer, above what the compiler suggests.
COUNTED = 0.93
_PATH = re.compile(r"\b(?:std|core|alloc)::((?:[a-z_]+::)*)([A-Z]\w*)")
_PROJECTED = re.compile(r"<(\w+) as [\w:]+>::(\w+)")
# What everyone writes by the alias of its module, innermost arguments without another list in them.
_ALIASED = re.compile(r"(?<!:)\bResult<([^<>]*(?:<[^<>]*>)?[^<>]*), io::Error>")
_GIVEN = re.compile(r"\s*-> (.+)")
# So many functions beside make a habit.
_USUAL = 2
_PRELUDE = (
    "Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Default", "Iterator", "IntoIterator", "Into",
    "From", "AsRef",
    "AsMut", "Send", "Sync", "Sized", "Fn", "FnMut", "FnOnce", "ToString", "ToOwned", "Drop", "Option", "Result", "Vec",
    "String", "Box", "DoubleEndedIterator", "ExactSizeIterator", "Extend",
)  # fmt: skip


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Suggestions with shorter paths."""
    done: set[tuple[Replacement, ...]] = set()
    for number, diagnostic in enumerate(situation.diagnostics):
        for suggestion in diagnostic.suggestions:
            prior = PRIORS.get(suggestion.applicability)
            if prior is None:
                continue
            try:
                parts = tuple(_short(situation, _beside(situation, part)) for part in suggestion.replacements)
                counted = _counted(situation, suggestion)
            except LookupError:
                continue
            if counted and counted not in done:
                done.add(counted)
                title = "clone the pointer as the file does"
                yield Candidate(title, counted, COUNTED, diagnostic=number, cites=(diagnostic.code or "E0382",))
            if parts != suggestion.replacements and parts not in done:
                done.add(parts)
                cites = () if diagnostic.code is None else (diagnostic.code,)
                title = " ".join(suggestion.message.split())[:140]
                yield Candidate(f"{title}, in short", parts, prior, diagnostic=number, cites=cites)


def _counted(situation: Situation, suggestion: Suggestion) -> tuple[Replacement, ...]:
    """``Rc::clone(&x)`` for ``x.clone()``, where the file writes the former."""
    part = suggestion.replacements[0]
    if "reference count" not in suggestion.message or len(suggestion.replacements) != 1 or part.text != ".clone()":
        return ()
    source = situation.source(part.path)
    pointer = max(("Rc", "Arc"), key=lambda name: len(re.findall(rf"\b{name}::clone\(".encode(), source)))
    if re.search(rf"\b{pointer}::clone\(".encode(), source) is None:
        return ()
    node = node_at(situation.syntax(part.path), part.start - 1, part.start)
    while node.parent is not None and node.parent.end_byte == part.start and node.parent.type == "field_expression":
        node = node.parent
    return wrap(part.path, node.start_byte, part.start, f"{pointer}::clone(&", ")")


def _beside(situation: Situation, part: Replacement) -> Replacement:
    """The result of a trait's function as the functions beside write it: ``Result<Self::Ok, Self::Error>``."""
    given = _GIVEN.fullmatch(part.text)
    index = ItemIndex.of(situation) if given is not None else None
    item = None if index is None else index.at(part.path, part.start)
    impl = None if item is None else item.parent
    if given is None or not isinstance(item, Function) or not isinstance(impl, Impl) or impl.trait is None:
        return part
    own = {f"Self::{one.name}": one.type.text for one in impl.items if isinstance(one, Alias) and one.type is not None}
    written = Counter(
        other.returns.text for other in impl.items
        if isinstance(other, Function) and other is not item and other.returns is not None
        and types.same(_named(other.returns.text, own), given[1])
    )  # fmt: skip
    usual = next(iter(written.most_common(1)), None)
    if usual is None or usual[1] < _USUAL:
        return part
    return part.model_copy(update={"text": part.text.replace(given[1], usual[0])})


def _named(kind: str, own: Mapping[str, str]) -> str:
    return re.sub(r"\bSelf::\w+", lambda found: own.get(found[0], found[0]), kind)


def _short(situation: Situation, part: Replacement) -> Replacement:
    if "::" not in part.text or part.text.lstrip().startswith("use "):
        return part
    source = situation.source(part.path)

    def put(found: re.Match[str]) -> str:
        name, module = found[2], found[1].removesuffix("::")
        if name in _PRELUDE or imported(source, name):
            return name
        last = module.rpartition("::")[2]
        around = re.search(rf"(?m)^\s*use std::{re.escape(last)}(?:;|::\{{self)".encode(), source) if last else None
        return f"{last}::{name}" if around is not None else found[0]

    # ``T::Item`` does where only one of the bounds of ``T`` has an ``Item``.
    text = _PROJECTED.sub(r"\1::\2", _PATH.sub(put, part.text))
    return part.model_copy(update={"text": _ALIASED.sub(r"io::Result<\1>", text)})
