"""What rustc and cargo print as JSON, read for cases and baselines; the product has its own reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rusta_cargo import PHASE_OK, classify

SUREST_FIRST = ("MachineApplicable", "MaybeIncorrect", "Unspecified", "HasPlaceholders")


@dataclass(frozen=True)
class Change:
    """Put ``text`` in place of the bytes ``start..end`` of ``path``."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Advice:
    """One suggestion of the compiler; its changes belong together."""

    applicability: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Fault:
    """One error. category and phase: see :func:`rusta_cargo.classify`."""

    code: str | None
    message: str
    category: str
    phase: int
    rendered: str
    advice: tuple[Advice, ...]
    path: str | None = None


def faults_of(output: bytes) -> list[Fault]:
    """The errors in what ``rustc --error-format=json`` or ``cargo --message-format=json`` printed, without repeats."""
    found: dict[tuple[str | None, str, str], Fault] = {}
    for raw in output.splitlines():
        if not raw.startswith(b"{"):
            continue
        try:
            message = json.loads(raw)
        except ValueError:
            continue
        if message.get("reason") == "compiler-message":
            message = message["message"]
        if message.get("level") == "error" and "spans" in message:
            fault = _fault(message)
            if fault is not None:
                found.setdefault((fault.code, fault.message, fault.rendered), fault)
    return list(found.values())


def distance(faults: list[Fault], ok: bool) -> tuple[int, int]:
    """(−phase, errors): smaller is nearer to compiling; an earlier phase hides the errors of later ones."""
    if ok:
        return (-PHASE_OK, 0)
    return (-min((fault.phase for fault in faults), default=0), max(1, len(faults)))


def _fault(message: dict[str, Any]) -> Fault | None:
    text = message["message"]
    if text.startswith(("aborting due to", "Some errors have", "For more information")):
        return None
    code = (message.get("code") or {}).get("code")
    spans = message["spans"]
    kind = classify(code, text, placed=bool(spans))
    primary = next((span for span in spans if span.get("is_primary")), None)
    return Fault(
        code=code,
        message=text,
        category=str(kind.category),
        phase=kind.phase,
        rendered=message.get("rendered") or text,
        advice=tuple(_advice(message)),
        path=primary["file_name"] if primary else None,
    )


def _advice(message: dict[str, Any]) -> Iterator[Advice]:
    for part in (message, *message.get("children", ())):
        spans = [s for s in part.get("spans", ()) if s.get("suggested_replacement") is not None]
        if not spans:
            continue
        changes = [Change(s["file_name"], s["byte_start"], s["byte_end"], s["suggested_replacement"]) for s in spans]
        applicability = spans[0].get("suggestion_applicability") or "Unspecified"
        places = sorted((c.path, c.start, c.end) for c in changes)
        together = all(
            left[0] != right[0] or (left[2] <= right[1] and left != right) for left, right in pairwise(places)
        )
        for group in [changes] if together else [[change] for change in changes]:
            yield Advice(applicability, tuple(group))


def apply_changes(source: bytes, changes: list[Change]) -> bytes | None:
    """``source`` with ``changes`` made; None when they do not fit."""
    result, last = source, len(source) + 1
    for change in sorted(changes, key=lambda c: (c.start, c.end), reverse=True):
        if not 0 <= change.start <= change.end <= len(source) or change.end > last:
            return None
        result = result[: change.start] + change.text.encode() + result[change.end :]
        last = change.start
    return result
