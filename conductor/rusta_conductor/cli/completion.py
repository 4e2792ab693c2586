"""``rusta completion``: the script that makes a shell complete rusta's commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option

_USE = {
    "bash": 'eval "$(rusta completion bash)"     in ~/.bashrc',
    "zsh": 'eval "$(rusta completion zsh)"      in ~/.zshrc',
    "fish": "rusta completion fish > ~/.config/fish/completions/rusta.fish",
}


@click.command(epilog="\b\n" + "\n".join(f"{shell}:  {use}" for shell, use in _USE.items()))
@click.argument("shell", type=click.Choice(tuple(_USE)))
@json_option
@click.pass_context
def completion(ctx: click.Context, shell: str, as_json: bool) -> None:
    """Print the completion script for SHELL."""
    kind = get_completion_class(shell)
    assert kind is not None  # the choice above holds the shells that click knows
    maker = kind(ctx.find_root().command, {}, "rusta", "_RUSTA_COMPLETE")
    # Not source(): for bash that starts a shell to ask its version, and every new terminal would wait for it.
    script = maker.source_template % maker.source_vars()
    console = Console(as_json=as_json)
    if as_json:
        console.json({"shell": shell, "script": script})
    else:
        click.echo(script, nl=not script.endswith("\n"))
