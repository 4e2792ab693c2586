"""Text from a log on somebody's terminal: harmless, aligned, and pretty only where a person looks."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence

# Control characters, and those that turn the direction of text or break a line without being one.
_UNSAFE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")


def printable(text: str) -> str:
    r"""``text`` with everything that could steer a terminal written as ``\uXXXX``, line feeds included."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_line(value: object) -> str:
    """``value`` as JSON on one line, in ASCII."""
    return json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f")


def json_text(value: object) -> str:
    """``value`` as indented JSON that a person reads; still JSON after the escaping."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    return "\n".join(printable(line) for line in text.split("\n"))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> str:
    """Rows under their headings, as plain aligned text. Cells are made printable; ``right`` names numeric columns."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, name in enumerate(columns)]

    def line(values: Sequence[str]) -> str:
        parts = (
            value.rjust(width) if name in right else value.ljust(width)
            for name, value, width in zip(columns, values, widths, strict=True)
        )
        return "  ".join(parts).rstrip()

    return "\n".join([line(columns), *map(line, cells)])


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> None:
    """A rich table on a terminal, :func:`table` elsewhere."""
    import click

    if not sys.stdout.isatty():
        click.echo(table(columns, rows, right))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        drawn.add_column(name, justify="right" if name in right else "left", no_wrap=name in columns[:2])
    for row in rows:
        drawn.add_row(*(Text(printable(cell)) for cell in row))
    Console().print(drawn)
