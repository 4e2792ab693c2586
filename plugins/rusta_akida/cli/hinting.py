"""``rusta akida hints``: learning the classes of compiler messages, and asking for one."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context


@click.group("hints")
def hints_command() -> None:
    """Which class of fault a compiler message is of, by its bytes alone: learn it, ask for it."""


@hints_command.command("train")
@click.option("--quick", type=click.IntRange(min=40), metavar="N", help="Measure on N programs; write nothing.")
@json_option
@pass_context
def train(context: Context, quick: int | None, as_json: bool) -> None:
    """Learn from what this toolchain's compiler says to the broken examples of its own documentation.

    Takes minutes the first time; what was said is kept, and a run that was stopped goes on where it was. The readout is
    measured on messages that it has not seen, on a virtual device, beside a logistic regression in float on the same
    features. Then all messages are learnt.
    """
    from rusta_akida.diagnostics.hinting import train_diagnostic_hints
    from rusta_cargo import find_toolchain

    console = Console(as_json=as_json)
    with click.progressbar(length=1, label="compiling examples", file=sys.stderr) as bar:

        def tell(done: int, every: int) -> None:
            bar.length = every
            bar.update(done - bar.pos)

        made = train_diagnostic_hints(find_toolchain(Path.cwd()), context.home, most=quick, progress=tell)
    console.json({**asdict(made), "path": made.path and str(made.path)})
    console.line(f"{'learnt, then asked about':26} {'int4, device':>12} {'logistic':>9} {'commonest':>10}")
    for found in made.figures:
        shares = f"{found.readout:12.1%} {found.logistic:9.1%} {found.commonest:10.1%}"
        console.line(f"{found.what:26} {shares}  {found.known} known, {found.fresh} fresh")
    where = made.path or "a first look, nothing was written"
    console.line(f"{where}: {len(made.classes)} classes from {made.messages} messages")


@hints_command.command("ask", epilog="Exit codes: 0 answered, 2 nothing was trained.")
@click.argument("message")
@json_option
@pass_context
def ask(context: Context, message: str, as_json: bool) -> None:
    """The likeliest classes of MESSAGE: a compiler's words without its error code."""
    from rusta_akida.diagnostics.hinting import diagnostic_class_hint
    from rusta_conductor.errors import UsageError

    found = diagnostic_class_hint(message, context.home)
    if not found:
        raise UsageError("nothing was trained yet; 'rusta akida hints train' does it")
    console = Console(as_json=as_json)
    console.json(found)
    for category, share in list(found.items())[:5]:
        console.line(f"{share:6.1%}  {category}")
