"""Macros that say names which their callers do not know, and macros used above their definition.

An exported macro's ``crate::Name`` or bare ``Name`` means something else in another crate: ``$crate::Name``, wherever the
macro says so. A macro without export is known only below the module that defines it: that ``mod`` moves up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.items import Item, ItemIndex
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.lexer import tokens
from rusta_cargo.repair.code.nodes import after_line, line_start
from rusta_cargo.repair.code.units import names_in
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_FROM = re.compile(r"in the macro `(?:\w+::)*(\w+)`")
_CODES = ("E0433", "E0425", "E0412", "E0422", "E0432", "E0405")
_SURE, _MOVED = 0.93, 0.9


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Write ``$crate::``, or define the macro above its uses."""
    asked: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, error in enumerate(situation.diagnostics):
        for title, parts, prior in (*_root(situation, error), *_order(situation, error)):
            asked.setdefault(parts, (title, prior, []))[2].append(number)
    for parts, (title, prior, numbers) in asked.items():
        yield Candidate(title, parts, prior, diagnostic=numbers[0] if len(numbers) == 1 else None)


Change = tuple[str, tuple[Replacement, ...], float]


def _root(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    told = _FROM.search("\n".join((*(note.message for note in error.notes), error.rendered)))
    if told is None or error.code not in _CODES:
        return
    index = ItemIndex.of(situation)
    for macro in (item for item in index.named(told[1], Item) if item.kind == "macro"):
        roots = [path for path, module in index.modules.items() if not module and _same(situation, path, macro.path)]
        known = set().union(*(names_in(index, path) for path in roots)) if roots else set()
        source = situation.source(macro.path)
        body = source[macro.start : macro.end]
        stream = list(tokens(body))
        missing = set(quoted(error.message)[:1])
        parts = []
        for before, token, after in zip([None, *stream], stream, [*stream[1:], None], strict=False):
            leads = after is not None and after.text == b"::"
            head = before is None or before.text not in (b"$", b"::", b".")
            if token.kind != "word" or not head:
                continue
            start = macro.start + token.start
            if token.text == b"crate" and leads:
                parts.append(edits.insert(macro.path, start, "$"))
            elif token.text.decode("utf-8", "replace") in missing & known:
                parts.append(edits.insert(macro.path, start, "$crate::"))
        if parts:
            yield f"let `{macro.name}!` say `$crate::`", tuple(parts), _SURE


def _same(situation: Situation, path: str, other: str) -> bool:
    return situation.project.package_of(path) == situation.project.package_of(other)


def _order(situation: Situation, error: Diagnostic) -> Iterator[Change]:
    if error.code is not None or not error.message.startswith("cannot find macro") or error.primary is None:
        return
    name = quoted(error.message)[0] if quoted(error.message) else ""
    index = ItemIndex.of(situation)
    user = index.modules.get(error.primary.path)
    for macro in (item for item in index.named(name, Item) if item.kind == "macro"):
        module = index.module_of(macro)
        if user is None or (module and user[: len(module)] == module):
            continue
        if not module:
            # Defined in the root below a module that uses it.
            holder, moving = macro.path, macro
        else:
            declared = [i for i in index.named(module[0], Item) if i.kind == "module" and not index.module_of(i)]
            if not declared or not any(attribute.name == "macro_use" for attribute in declared[0].attributes):
                continue
            holder, moving = declared[0].path, declared[0]
        first = min(
            (
                item.first
                for item in index.files[holder]
                if item.kind == "module" and not item.module and item is not moving
            ),
            default=None,
        )
        if first is None or first > moving.first:
            continue
        source = situation.source(holder)
        start, end = line_start(source, moving.first), after_line(source, moving.end)
        text = source[start:end].decode("utf-8", "replace")
        gap = "\n" if moving is macro else ""
        put = edits.insert(holder, line_start(source, first), text.rstrip("\n") + "\n" + gap)
        yield f"define `{name}!` above its uses", (put, edits.delete(holder, start, end)), _MOVED
