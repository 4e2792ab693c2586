"""Printing: escaped, plain in a pipe, with signs that the encoding has."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.progress import Progress
from rusta_schemas.devlog import DevLogEntry

NASTY = "a\x1b]0;owned\x07b\u202ec\r"
SHOWN = r"a\u001b]0;owned\u0007b\u202ec\u000d"


class Terminal(io.StringIO):
    """Standard output as a terminal of a given encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard output and error become a terminal (not by a fixture: pytest puts its own streams in after those)."""
    made = Terminal()
    monkeypatch.setattr(sys, "stdout", made)
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return made


def test_nothing_printed_can_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.line(NASTY)
    console.line(NASTY, "bold")
    console.table(("col",), [(NASTY,)])
    console.note(NASTY)
    told = capsys.readouterr()
    assert told.out.count(SHOWN) == 3
    assert SHOWN in told.err
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(told.out + told.err)


def test_on_a_terminal_only_our_own_styles_steer(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    console = Console()
    console.line(f"[red]{NASTY}", "bold")
    console.table(("col",), [(f"[bold]{NASTY}",)])
    text = terminal.getvalue()
    assert text.count(SHOWN) == 2
    assert "\x1b[1m" in text
    assert "[red]" in text, "text is no markup"
    assert "[bold]" in text
    assert "\x1b]0" not in text


def test_no_color_means_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console()
    assert not console.pretty
    console.line("bold words", "bold")
    console.table(("col",), [("cell",)])
    assert "\x1b" not in terminal.getvalue()


def test_json_mode_prints_json_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(as_json=True)
    console.line("words")
    console.table(("a",), [("b",)])
    console.json({"text": NASTY})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": NASTY}
    assert "\x1b" not in out
    Console().json({"not": "shown"})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "✓ ✗ –"), ("ascii", "ok FAIL --"), ("latin-1", "ok FAIL --")]
)
def test_signs_fit_the_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal(encoding))
    console = Console()
    assert " ".join(console.symbol(sign) for sign in "✓✗–") == shown
    assert Console().symbol("☃") == ("☃" if encoding == "utf-8" else "?")


def entry(kind: str, **data: Any) -> DevLogEntry:
    return DevLogEntry(ts="2025-01-01T00:00:00.000000Z", episode="e", kind=kind, data=data)


def test_progress_is_one_line_that_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    with Progress() as progress:
        progress(entry("transition", ok=True, target="plan"))
        progress(entry("started", action={"verb": "look\x07"}))
        progress(entry("transition", ok=False, target="end"))
    text = terminal.getvalue()
    assert "plan: look\\u0007 (call 1)" in text
    assert "end" not in text
    assert text.endswith("\r\x1b[2K")
    assert "\n" not in text


def test_progress_is_silent_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress(entry("started", action={"verb": "look"}))
    told = capsys.readouterr()
    assert told.out + told.err == ""
