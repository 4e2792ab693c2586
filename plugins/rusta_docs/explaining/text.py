"""Explanations for people: plain lines, and how each line is meant, for a terminal that has colours."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from rusta_docs.explaining.model import Explanation, Frame, Mark, Quotation

WIDTH = 96
_SURE = {
    "MachineApplicable": "the compiler is sure of it",
    "MaybeIncorrect": "it may not be what is meant",
    "HasPlaceholders": "it has places to fill in",
    "Unspecified": "the compiler does not say how sure it is",
}


class Line(NamedTuple):
    """A line, and its style in rich's words."""

    text: str
    style: str = ""


def as_text(explanation: Explanation) -> str:
    """The explanation as plain text."""
    return "\n".join(line.text for line in as_lines(explanation)) + "\n"


def as_lines(explanation: Explanation) -> Iterator[Line]:
    """The explanation, line by line: the message, what it means, where, the rule, and the repairs."""
    code = f"[{explanation.code}] " if explanation.code else ""
    place = f"{explanation.path}:{explanation.line}: " if explanation.path else ""
    yield Line(f"{place}{code}{explanation.message.splitlines()[0]}", "bold red")
    yield from _paragraph(explanation.said, "  ")
    if explanation.frames:
        yield Line("")
        yield Line("  where it collides", "bold")
        yield from _paragraph(explanation.collision, "  ")
        for frame in explanation.frames:
            yield from _frame(frame)
    for note in explanation.notes:
        yield from _paragraph(f"note: {note}", "  ")
    yield Line("")
    yield Line("  the rule behind it", "bold")
    own = [quotation for quotation in explanation.quotations if quotation.role == "source"]
    rules = [quotation for quotation in explanation.quotations if quotation.role != "source"]
    for quotation in rules or own:
        yield from _quotation(quotation)
    if rules and own:
        yield Line("")
        yield Line("  what your code declares", "bold")
        for quotation in own:
            yield from _quotation(quotation)
    if explanation.repairs:
        yield Line("")
        yield Line("  what the repairs would mean", "bold")
    for repair in explanation.repairs:
        sure = f" ({_SURE[repair.applicability.value]})" if repair.applicability else ""
        yield from _paragraph(f"- {repair.title}{sure}", "  ", "green", hang="    ")
        for meaning in repair.means:
            yield from _paragraph(meaning, "    ")


def _quotation(quotation: Quotation) -> Iterator[Line]:
    if quotation.role == "source":
        yield from (Line(f"  | {line}".rstrip(), "italic") for line in textwrap.dedent(quotation.text).splitlines())
        yield Line(f"    {quotation.source} [{quotation.anchor.id[:12]}]", "dim")
        return
    for paragraph in quotation.text.split("\n\n"):
        if paragraph.startswith("    "):
            yield from (Line(f"  | {line}", "italic") for line in paragraph.splitlines())
        else:
            yield from _paragraph(" ".join(paragraph.split()), "  | ", "italic")
    yield Line(f"    {quotation.source} [{quotation.anchor.id[:12]}]", "dim")


def _frame(frame: Frame) -> Iterator[Line]:
    gutter = len(str(frame.lines[-1][0])) if frame.lines else 1
    yield Line(f"  {' ' * gutter}--> {frame.path}", "dim")
    before = None
    for number, text in frame.lines:
        if before is not None and number != before + 1:
            yield Line(f"  {'.' * gutter}")
        before = number
        yield Line(f"  {number:>{gutter}} | {text.expandtabs(4)}".rstrip())
        for mark in frame.marks:
            if mark.line == number:
                yield _marked(mark, text, gutter)


def _marked(mark: Mark, text: str, gutter: int) -> Line:
    start = len(text[: mark.column - 1].expandtabs(4))
    end = len(text[: mark.end_column - 1].expandtabs(4))
    sign = "^" if mark.primary else "-"
    label = f" {mark.label}" if mark.label else ""
    drawn = f"  {' ' * gutter} | {' ' * start}{sign * max(1, end - start)}{label}"
    return Line(drawn, "red" if mark.primary else "cyan")


def _paragraph(text: str, indent: str, style: str = "", hang: str = "") -> Iterator[Line]:
    further = hang or indent
    for line in textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=further):
        yield Line(line, style)
