"""``rusta doctor``: what this machine has, and what to do about what it has not."""

from __future__ import annotations

import click

from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.doctor import Check, run_checks

_SYMBOLS = {True: ("✓", "green"), None: ("–", "yellow"), False: ("✗", "red")}


@click.command()
@json_option
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """Check this machine for everything rusta and its plugins use.

    A tick is fine, a dash is an optional thing that is missing, a cross is something to put right. Exit code 1 when
    there is a cross.
    """
    console = Console(as_json=as_json)
    checks = run_checks(context.host, context.home.path)
    failed = [check.name for check in checks if check.ok is False]
    console.json(
        {
            "ok": not failed,
            "checks": [
                {"name": c.name, "ok": c.ok, "summary": c.summary, "advice": c.advice, "detail": c.detail}
                for c in checks
            ],
        }
    )  # fmt: skip
    width = max((len(check.name) for check in checks), default=0)
    for check in checks:
        _show(check, width, console)
    if failed:
        console.line()
        console.line(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}")
        click.get_current_context().exit(exit_codes.FAILED)


def _show(check: Check, width: int, console: Console) -> None:
    symbol, style = _SYMBOLS[check.ok]
    console.line(f"{console.symbol(symbol)} {check.name:{width}}  {check.summary}", style)
    if check.advice and check.ok is not True:
        for line in check.advice.splitlines():
            console.line(f"  {' ' * width}  {line}")
