"""Printing for people: plain text in a pipe, rich on a terminal, and nothing that could steer the terminal.

Everything printed here may come from a log, a tool or a stranger's file, so all of it is escaped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import click

from rusta_devlog.terminal import json_line, printable, table

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

_PLAIN_SYMBOLS = {"✓": "ok", "✗": "FAIL", "–": "--", "→": "->", "…": "..."}


class Console:
    """Standard output of one command.

    Args:
        as_json: the command prints JSON; lines and tables are left out, so a command may print both ways unasked.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json

    @property
    def pretty(self) -> bool:
        """True when a person looks at a terminal that may have colours."""
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def line(self, text: str = "", style: str = "") -> None:
        """Print text; its line breaks are kept, every other control character is made visible."""
        if self.as_json:
            return
        safe = "\n".join(printable(line) for line in text.split("\n"))
        if style and self.pretty:
            self._rich.print(safe, style=style, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(safe)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = ()) -> None:
        """Print rows under their headings; columns named in ``right`` hold numbers."""
        if self.as_json:
            return
        if not self.pretty:
            click.echo(table(columns, rows, right))
            return
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=None, header_style="bold", pad_edge=False)
        for name in columns:
            drawn.add_column(name, justify="right" if name in right else "left", no_wrap=name == columns[0])
        for row in rows:
            drawn.add_row(*(Text(printable(cell)) for cell in row))
        self._rich.print(drawn)

    def json(self, value: object) -> None:
        """Print one JSON object on a line of its own, in JSON mode only."""
        if self.as_json:
            click.echo(json_line(value))

    def note(self, text: str) -> None:
        """Tell something beside the result, on standard error."""
        click.echo(printable(text), err=True)

    def symbol(self, symbol: str) -> str:
        """``symbol``, or what stands for it where the output's encoding lacks it."""
        try:
            symbol.encode(sys.stdout.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return _PLAIN_SYMBOLS.get(symbol, "?")
        return symbol

    @cached_property
    def _rich(self) -> RichConsole:
        from rich.console import Console as RichConsole

        return RichConsole(file=sys.stdout)
