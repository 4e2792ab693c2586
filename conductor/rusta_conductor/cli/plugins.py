"""``rusta plugins``: which plugins are there, what they declare, and what is wrong with them."""

from __future__ import annotations

import click

from rusta_conductor.cli import exit_codes
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.host import PluginInfo


@click.command()
@json_option
@pass_context
def plugins(context: Context, as_json: bool) -> None:
    """List plugins, what they declare, and what is wrong.

    A plugin that cannot be used is left out as a whole and the others work. RUSTA_STRICT_PLUGINS=1 makes the first
    problem an error, RUSTA_PLUGINS=a,b loads only those, RUSTA_QUIET_PLUGINS=1 silences the other commands about them.
    Exit code 1 when a plugin has a problem.
    """
    console = Console(as_json=as_json)
    found = list(context.host.plugins.values())
    for info in found:
        console.json(_document(info))
    console.table(
        ("plugin", "distribution", "version", "state", "declares"),
        [
            (
                info.name,
                info.distribution or "-",
                info.version or "-",
                "active" if info.active else "left out",
                _declared(info),
            )
            for info in found
        ],
    )
    for name, problem in context.host.problems:
        console.line(f"problem in {name} ({context.host.plugins[name].module}): {problem}", "red")
    if context.host.problems:
        click.get_current_context().exit(exit_codes.FAILED)


def _document(info: PluginInfo) -> dict[str, object]:
    return {
        "name": info.name,
        "distribution": info.distribution,
        "version": info.version,
        "module": info.module,
        "active": info.active,
        "declares": {_kind(hook): names for hook, names in info.declares.items()},
        "problems": info.problems,
    }


def _declared(info: PluginInfo) -> str:
    parts = (f"{_kind(hook)}: {', '.join(names)}" for hook, names in info.declares.items())
    return "; ".join(parts) or "-"


def _kind(hook: str) -> str:
    return hook.removeprefix("rusta_")
