"""The changes that the compiler proposes.

rustc attaches a suggestion as a child whose spans carry replacement texts. The parts of one change follow each other in
the order of the file; when there are several alternatives, they follow one another in the same child, so a part that
goes back to an earlier place begins the next alternative.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rusta_cargo.places import Places
from rusta_schemas.diagnostic import Applicability, Replacement, Suggestion

_APPLICABILITIES = {item.value: item for item in Applicability}


def suggestions_of(spans: Iterable[dict[str, Any]], message: str, places: Places) -> list[Suggestion]:
    """The alternatives among the spans of one message; those that touch text outside the tree are left out."""
    parts = [span for span in spans if span.get("suggested_replacement") is not None]
    result: list[Suggestion] = []
    for group in alternatives(parts):
        replacements = [_replacement(span, places) for span in group]
        if any(item is None for item in replacements):
            continue
        suggestion = Suggestion(
            message=message,
            applicability=_weakest(group),
            replacements=tuple(item for item in replacements if item is not None),
        )
        if suggestion not in result:
            result.append(suggestion)
    return result


def alternatives(parts: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The parts split where one lies at or before the end of its predecessor in the same file."""
    groups: list[list[dict[str, Any]]] = []
    for part in parts:
        if not groups or _begins_anew(groups[-1], part):
            groups.append([])
        groups[-1].append(part)
    return groups


def _begins_anew(group: list[dict[str, Any]], part: dict[str, Any]) -> bool:
    for other in group:
        if other["file_name"] != part["file_name"]:
            continue
        same = (other["byte_start"], other["byte_end"]) == (part["byte_start"], part["byte_end"])
        if same or part["byte_start"] < other["byte_end"]:
            return True
    return False


def _weakest(group: list[dict[str, Any]]) -> Applicability:
    order = list(Applicability)
    found = [
        _APPLICABILITIES.get(part.get("suggestion_applicability") or "", Applicability.UNSPECIFIED) for part in group
    ]
    return max(found, key=order.index)


def _replacement(span: dict[str, Any], places: Places) -> Replacement | None:
    path, inside = places.name(span["file_name"])
    if not inside:
        return None
    start, end = places.bytes_of(
        path,
        (span["byte_start"], span["byte_end"]),
        (span["line_start"], span["column_start"]),
        (span["line_end"], span["column_end"]),
    )
    text = span["suggested_replacement"]
    source = places.text(path)
    if source is not None and source.newline != "\n":
        text = text.replace("\r\n", "\n").replace("\n", source.newline)
    return Replacement(path=path, start=start, end=end, text=text)
