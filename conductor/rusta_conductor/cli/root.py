"""The root command: global options, and subcommands that are imported when they are used."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rusta_conductor.cli import exit_codes, failures
from rusta_conductor.cli.context import Context
from rusta_conductor.errors import PluginError
from rusta_conductor.refs import resolve

# Their output says what is wrong with plugins anyway, or is read by a shell at every start.
_SILENT_ON_PLUGINS = ("plugins", "completion")


class RustaGroup(click.Group):
    """Commands come from the plugin host; their modules are imported only to run them or to show their help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_context(ctx).host.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        host = _context(ctx).host
        spec = host.commands.get(cmd_name)
        if spec is None:
            return None
        command = resolve(spec.handler)
        if not isinstance(command, click.Command):
            owner = host.owners.get(("rusta_commands", cmd_name), "?")
            raise PluginError(f"command {cmd_name!r} of plugin {owner!r}: {spec.handler!r} is not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from rusta_conductor.cli.lazy_group import require_known

        require_known(ctx, args[0], _context(ctx).host.commands)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """As click's; what a command returns is dropped, so that only ``ctx.exit`` decides on the exit code."""
        super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = _context(ctx).host.commands
        with formatter.section("Commands"):
            formatter.write_dl([(name, commands[name].summary) for name in sorted(commands)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Names and summaries from the declarations; only a chosen command is imported, for its options."""
        from click.shell_completion import CompletionItem

        commands = _context(ctx).host.commands
        names = [
            CompletionItem(name, help=spec.summary)
            for name, spec in sorted(commands.items())
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click's, but every error ends as this program's errors do."""
        if extra.get("obj") is None:
            extra["obj"] = Context()
        context = extra["obj"]
        prog_name = prog_name or "rusta"
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            value = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            # The argument of ctx.exit(), if that was called.
            code = value if isinstance(value, int) else exit_codes.OK
        except (Exception, KeyboardInterrupt) as error:
            code = failures.report(error, context)
        sys.exit(failures.flush() or code)


def _context(ctx: click.Context) -> Context:
    return ctx.find_root().ensure_object(Context)


def _set_trace(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        _context(ctx).trace = True


def _set_home(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is None:
        return
    _context(ctx).home_option = value.absolute()
    # Everything below, and every process that is started, finds the same state folder.
    before = os.environ.get("RUSTA_HOME")
    os.environ["RUSTA_HOME"] = str(value.absolute())

    def restore() -> None:
        if before is None:
            os.environ.pop("RUSTA_HOME", None)
        else:
            os.environ["RUSTA_HOME"] = before

    ctx.call_on_close(restore)


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    import platform

    from rusta_conductor.version import rusta_version

    click.echo(f"rusta {rusta_version()} (Python {platform.python_version()})")
    ctx.exit()


@click.group(
    cls=RustaGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every command has --help and --json. Exit codes: see docs/reference/cli.md.",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    expose_value=False,
    is_eager=True,
    callback=_set_home,
    help="The state folder. Otherwise $RUSTA_HOME, $XDG_STATE_HOME/rusta or ~/.local/state/rusta.",
)
@click.option(
    "--trace",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_set_trace,
    help="Print every hook call to standard error.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version and exit.",
)
@click.pass_context
def rusta(ctx: click.Context) -> None:
    """Work in a sandbox, prove the result, hand over a change that can be taken back."""
    if ctx.invoked_subcommand not in _SILENT_ON_PLUGINS:
        failures.warn_about_plugins(_context(ctx))
