"""Explanations from diagnostics: pure functions of the messages, the sources and the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rusta_docs.collections import collections
from rusta_docs.explaining.consequences import consequences
from rusta_docs.explaining.declared import Declarations, Declared
from rusta_docs.explaining.frames import Read, collision, frames_of
from rusta_docs.explaining.model import Candidate, Explanation, Quotation
from rusta_docs.explaining.plain import in_plain_words
from rusta_docs.explaining.rules import MOST_RULES, Looks, own_keys, quote, rule_keys
from rusta_docs.models import Passage
from rusta_docs.sources import cited_end
from rusta_schemas.anchor import make_anchor
from rusta_schemas.diagnostic import Diagnostic, Span

_MOST_NOTES = 6
# Notes that say where the compiler says more, or how it was configured; nothing of the code.
_NO_NEWS = ("for more information", "`#[warn", "`#[deny", "`#[forbid", "this error originates")


def explain(
    diagnostics: Iterable[Diagnostic],
    read: Read,
    store: Looks,
    *,
    package: str = "crate",
    candidates: Mapping[int, Sequence[Candidate]] | None = None,
    paths: Iterable[str] = (),
    call: str = "",
) -> tuple[Explanation, ...]:
    """One explanation a diagnostic, in their order.

    Args:
        read: the bytes of a file by its path in the tree, None when there is none. Called several times a file.
        store: documentation by key, such as :class:`rusta_docs.Library`.
        package: the package whose source is cited where the documentation says nothing.
        candidates: further repairs, by the diagnostic's position.
        paths: the crate's own files, where what a message names may be declared.
        call: key of the logged call that brought the diagnostics.
    """
    more = candidates or {}
    declarations = Declarations(paths, read)
    return tuple(
        _explain(diagnostic, read, store, package, more.get(number, ()), declarations.of(diagnostic), call)
        for number, diagnostic in enumerate(diagnostics)
    )


def _explain(
    diagnostic: Diagnostic,
    read: Read,
    store: Looks,
    package: str,
    candidates: Sequence[Candidate],
    declared: Sequence[Declared],
    call: str,
) -> Explanation:
    frames = frames_of(diagnostic, read, [(_span_of(one), f"{one.item.title} is declared here") for one in declared])
    place = diagnostic.primary
    return Explanation(
        code=diagnostic.code,
        category=diagnostic.category,
        message=diagnostic.message,
        path=place.path if place else "",
        line=place.line if place else 0,
        said=in_plain_words(diagnostic, _source_at(diagnostic, read)),
        quotations=_quotations(diagnostic, read, store, package, declared, call),
        collision=collision(frames),
        frames=frames,
        repairs=consequences(diagnostic, candidates),
        notes=_notes(diagnostic),
    )


def _quotations(
    diagnostic: Diagnostic, read: Read, store: Looks, package: str, declared: Sequence[Declared], call: str
) -> tuple[Quotation, ...]:
    found: dict[str, Quotation] = {}
    for key in own_keys(diagnostic):
        _add(found, "error", store.lookup(key))
    wanted = len(found) + MOST_RULES
    for key in rule_keys(diagnostic, _source_at(diagnostic, read)):
        if len(found) < wanted:
            _add(found, "rule", store.lookup(key))
    if not found:
        quotation = _of_source(diagnostic, read, package) or _of_message(diagnostic, call)
        found[quotation.anchor.id] = quotation
    for one in declared:
        quotation = _of_declaration(one, package)
        found.setdefault(quotation.anchor.id, quotation)
    return tuple(found.values())


def _add(found: dict[str, Quotation], role: str, passage: Passage | None) -> None:
    if passage is not None:
        quotation = Quotation.model_validate(
            {
                "role": role,
                "text": quote(passage),
                "source": _source(passage),
                "link": passage.place,
                "anchor": passage.anchor,
            }
        )
        found.setdefault(passage.anchor.id, quotation)


def _source(passage: Passage) -> str:
    titles = {collection.name: collection.title for collection in collections()}
    parts = (titles.get(passage.collection, passage.anchor.origin), *passage.headings)
    return " › ".join(part for part in parts if part)


def _of_source(diagnostic: Diagnostic, read: Read, package: str) -> Quotation | None:
    """The user's own lines, where neither the code nor the category has a passage."""
    span = diagnostic.primary
    data = read(span.path) if span is not None else None
    if span is None or data is None or span.end > len(data):
        return None
    start = data.rfind(b"\n", 0, span.start) + 1
    stop = data.find(b"\n", span.end)
    stop = len(data) if stop < 0 else stop
    anchor = make_anchor(f"source {package}", span.path, data, start, stop, f"{span.path}:{span.line}")
    text = data[start:stop].decode("utf-8", "replace")
    link = f"{span.path}:{span.line}"
    return Quotation(role="source", text=text, source=f"{package}, {link}", link=link, anchor=anchor)


def _source_at(diagnostic: Diagnostic, read: Read) -> str:
    span = diagnostic.primary
    data = None if span is None else read(span.path)
    return "" if span is None or data is None else data[span.start : span.end].decode("utf-8", "replace")


def _span_of(one: Declared) -> Span:
    item = one.item
    return Span(
        path=one.path, start=item.name_start, end=item.name_end, line=one.line, end_line=one.line,
        column=one.column, end_column=one.column + one.width,
    )  # fmt: skip


def _of_declaration(one: Declared, package: str) -> Quotation:
    """What the crate itself declares, with the comments above it, as far as its body."""
    item = one.holder
    end = cited_end(item, one.data)
    anchor = make_anchor(f"source {package}", one.path, one.data, item.start, end, item.title)
    text = one.data[item.start : end].decode("utf-8", "replace")
    link = f"{one.path}:{one.line}"
    return Quotation(role="source", text=text, source=f"{package}, {link}", link=link, anchor=anchor)


def _of_message(diagnostic: Diagnostic, call: str) -> Quotation:
    text = diagnostic.rendered or diagnostic.message
    data = text.encode("utf-8", "replace")
    origin, path = ("devlog", f"calls/{call}/diagnostic") if call else ("message", "diagnostic")
    anchor = make_anchor(origin, path, data, 0, len(data), diagnostic.message[:120])
    return Quotation(role="message", text=text, source="the compiler's message", link="", anchor=anchor)


def _notes(diagnostic: Diagnostic) -> tuple[str, ...]:
    # Notes with places are told in the frames.
    told = (note.message for note in diagnostic.notes if not note.spans)
    return tuple(dict.fromkeys(text for text in told if text and not text.startswith(_NO_NEWS)))[:_MOST_NOTES]
