"""How the results of ``repair`` and ``explain`` are shown to people. The data is that of ``--json``."""

from __future__ import annotations

import textwrap
from typing import Any

from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.domain import Result

# Outcomes that are not named here ended badly.
EXIT_CODES = {
    "repaired": exit_codes.OK,
    "explained": exit_codes.OK,
    "nothing_to_do": exit_codes.OK,
    "abstained": exit_codes.ABSTAINED,
    "partial": exit_codes.BUDGET,
}
# Below this the author would more likely have written something else that does the same.
_PERHAPS_NOT_YOURS = 0.5
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def exit_code(result: Result) -> int:
    """The exit code that an outcome has."""
    return EXIT_CODES.get(result.outcome, exit_codes.FAILED)


def show(result: Result, console: Console) -> None:
    """Print a result."""
    data: dict[str, Any] = dict(result.data)
    console.line(f"{result.outcome.replace('_', ' ')}: {result.summary}", "bold")
    if result.outcome == "repaired":
        _repaired(data, console)
    elif result.outcome == "explained":
        if data.get("explanations"):
            _explanations(data["explanations"], console)
        else:
            for error in data.get("errors", ()):
                _explained(error, console)
            console.note("the documentation plugin is not installed, so these are the compiler's own words")
    else:
        _evidence(data, console)


def _repaired(data: dict[str, Any], console: Console) -> None:
    bundle = data["bundle"]
    _errors("what was wrong", data["mended"], console)
    lines, files = bundle["k_lines"], bundle["k_files"]
    _heading(f"the change: {_count(lines, 'line')} in {_count(files, 'file')}", console)
    _diff(data["diff"], console)
    proof = bundle["proof"]
    _heading(f"the proof, in the sandbox '{proof['sandbox']}'", console)
    for step in proof["steps"]:
        mark = console.symbol("✓" if step["ok"] else "✗")
        console.line(f"  {mark} {step['command']}: {step['summary']}")
    for name in proof["flaky"]:
        console.line(f"  flaky: {name} gave different results on reruns")
    _heading(f"risk {bundle['risk']}, confidence {bundle['confidence']:.2f}", console)
    for reason in bundle["risk_reasons"]:
        console.line(f"  {reason}")
    verbatim = data.get("verbatim")
    if verbatim is not None and verbatim < _PERHAPS_NOT_YOURS:
        console.line(f"  perhaps not as you would write it: {10 * verbatim:.0f} in 10 such patches are")
    _heading("to read", console)
    for anchor in bundle["anchors"]:
        console.line(f"  {_cited(anchor)}")
    console.line()
    console.line(f"replay   'rusta replay {bundle['episode']}' makes every decision again")


def _evidence(data: dict[str, Any], console: Console) -> None:
    if data.get("steps"):
        _heading("the best so far, not proved", console)
        for step in data["steps"]:
            console.line(f"  {step}")
        _diff(data.get("diff", ""), console)
    _errors("what is wrong", data.get("errors", ()), console)
    if data.get("failing_tests"):
        _heading("failing tests", console)
        for test in data["failing_tests"]:
            place = f" ({test['path']}:{test['line']})" if test["path"] else ""
            console.line(f"  {test['name']}{place}")
            for line in test["message"].splitlines():
                console.line(f"    {line}")
    for number, candidate in enumerate(data.get("candidates", ()), start=1):
        _heading(f"candidate {number}: {'; then '.join(candidate['steps'])}", console)
        if candidate["refuted"]:
            console.line(f"  refuted: {candidate['refuted']}")
        for left in candidate["leaves"]:
            console.line(f"  leaves {left}")
        _diff(candidate["diff"], console)
    if data.get("decides"):
        _heading("what would decide", console)
        for text in data["decides"]:
            console.line(f"  {text}")
    if data.get("refused"):
        _heading("refused, because it is no repair", console)
        for why in data["refused"]:
            console.line(f"  {why}")


def _explanations(found: list[dict[str, Any]], console: Console) -> None:
    """In the words of the documentation plugin, which is there when it has explained something."""
    from rusta_docs import Explanation, as_lines

    for one in found:
        console.line()
        for line in as_lines(Explanation.model_validate(one)):
            console.line(line.text, line.style)


def _explained(error: dict[str, Any], console: Console) -> None:
    place = f"{error['path']}:{error['line']}" if error["path"] else "no place"
    code = f"[{error['code']}] " if error["code"] else ""
    _heading(f"{place}: {code}{error['message']}", console)
    console.line(textwrap.indent(error["rendered"].rstrip(), "  "))
    console.line(f"  from {_cited(error['anchor'])}")


def _errors(title: str, errors: Any, console: Console) -> None:
    if errors:
        _heading(title, console)
    for error in errors:
        place = f"{error['path']}:{error['line']}: " if error["path"] else ""
        code = f"[{error['code']}] " if error["code"] else ""
        console.line(f"  {place}{code}{error['message']}")


def _diff(text: str, console: Console) -> None:
    for line in text.splitlines():
        console.line(f"  {line}", _STYLES.get(line[:1], ""))


def _cited(anchor: dict[str, Any]) -> str:
    title = f"{anchor['title']}: " if anchor["title"] else ""
    return f"{title}{anchor['origin']}, {anchor['path']} [{anchor['id'][:12]}]"


def _heading(text: str, console: Console) -> None:
    console.line()
    console.line(text, "bold")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
