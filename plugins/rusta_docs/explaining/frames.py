"""Where in the user's own code the facts collide: lines of the sources with the places that a message speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rusta_docs.explaining.model import Frame, Mark
from rusta_schemas.diagnostic import Diagnostic, Level, Span

Read = Callable[[str], bytes | None]

_AROUND = 1
_SIMPLE = r"[A-Z]\w*|str|char|bool|[iuf](?:8|16|32|64|128|size)|\{\w+\}|\[.*\]|\(.*\)"
_TYPE = re.compile(rf"&?(?:mut )?(?:{_SIMPLE})(?:<.*>)?|(?:\w+::)+\w+(?:<.*>)?")
# Of a place that reaches over more lines than this, only the first and the last are shown.
_LONG = 6
_MOST_FILES = 3
_WIDEST = 200


def frames_of(diagnostic: Diagnostic, read: Read, more: Sequence[tuple[Span, str]] = ()) -> tuple[Frame, ...]:
    """Frames for the message's own places and those of its notes; the primary place's file comes first.

    Args:
        read: the bytes of a file of the tree, or None. Called once a file.
        more: further places with what there is to say of them; those on lines that the message names anyway are left out.
    """
    spans = [(span, span.label or (diagnostic.message if span.primary else "")) for span in diagnostic.spans]
    labelled = {label for span, label in spans if span.label}
    # A message at several places is said once, and not at all where a label says it.
    spans = [(span, label) for n, (span, label) in enumerate(spans) if span.label or label not in labelled or n == 0]
    for note in diagnostic.notes:
        if note.level in (Level.NOTE, Level.HELP):
            # A note's own primary place is not the message's.
            spans += [
                (span.model_copy(update={"primary": False}), span.label or note.message)
                for span in note.spans
                if not span.macro and (span.primary or span.label)
            ]
    spans = [item for item in spans if item[1]]
    told = {(span.path, line) for span, _ in spans for line in (span.line, span.end_line)}
    spans += [(span, label) for span, label in more if (span.path, span.line) not in told]
    spans.sort(key=lambda item: not item[0].primary)
    by_file: dict[str, list[tuple[Span, str]]] = {}
    for span, label in spans:
        by_file.setdefault(span.path, []).append((span, label))
    frames: list[Frame] = []
    for path, group in by_file.items():
        text = read(path) if len(frames) < _MOST_FILES else None
        if text is not None:
            frames.append(_frame(path, group, text))
    return tuple(frames)


def _frame(path: str, group: list[tuple[Span, str]], data: bytes) -> Frame:
    lines = data.decode("utf-8-sig", "replace").splitlines()
    wanted: set[int] = set()
    marks: dict[tuple[int, int, int, str], Mark] = {}
    for span, label in group:
        for number in _lines_of(span):
            wanted.update(range(number - _AROUND, number + _AROUND + 1))
        mark = _mark(span, " ".join(label.split()), lines)
        if mark is not None:
            marks.setdefault((mark.line, mark.column, mark.end_column, mark.label), mark)
    shown = tuple((n, lines[n - 1][:_WIDEST]) for n in sorted(wanted) if 1 <= n <= len(lines))
    ordered = sorted(marks.values(), key=lambda mark: (mark.line, mark.column, not mark.primary))
    return Frame(path=path, lines=shown, marks=tuple(ordered))


def _lines_of(span: Span) -> list[int]:
    if span.end_line - span.line > _LONG:
        return [span.line, span.end_line]
    return list(range(span.line, span.end_line + 1))


def _mark(span: Span, label: str, lines: list[str]) -> Mark | None:
    if span.line > len(lines):
        return None
    end = span.end_column if span.end_line == span.line else len(lines[span.line - 1]) + 1
    return Mark(
        line=span.line, column=span.column, end_column=max(end, span.column + 1), label=label, primary=span.primary
    )  # fmt: skip


def collision(frames: tuple[Frame, ...]) -> str:
    """The two facts in one or two sentences: what holds at the one place, and what is asked for at the other."""
    # The same words at several places are one fact.
    seen: dict[tuple[str, bool], tuple[str, Mark]] = {}
    for frame in frames:
        for mark in frame.marks:
            if mark.label:
                seen.setdefault((mark.label, mark.primary), (frame.path, mark))
    facts = list(seen.values())
    if not facts:
        return "The message names no place in the code."
    if len(facts) == 1:
        path, mark = facts[0]
        return f"At {path}:{mark.line}: {_ended(mark.label)}"
    primary = next((fact for fact in facts if fact[1].primary), facts[-1])
    others = [fact for fact in facts if fact is not primary]
    told = "; ".join(f"at {_place(path, mark, primary[0])}: {_said(mark.label)}" for path, mark in others)
    where = f"at line {primary[1].line}"
    return f"{told[0].upper()}{_ended(told[1:])} Against that, {where}: {_ended(primary[1].label)}"


def _said(label: str) -> str:
    """A label as a part of a sentence; one that is only a type is made one."""
    return f"this is a `{label}`" if _TYPE.fullmatch(label) else label


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _place(path: str, mark: Mark, main: str) -> str:
    return f"line {mark.line}" if path == main else f"{path}:{mark.line}"
