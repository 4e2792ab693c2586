"""The command line: ``rusta``.

A plugin adds a subcommand with a :class:`~rusta_conductor.specs.CommandSpec` whose handler is a ``click.Command``::

    @click.command()
    @click.argument("path")
    @json_option
    @pass_context
    def survey(context: Context, path: str, as_json: bool) -> None:
        console = Console(as_json=as_json)
        ...

``Context`` carries the host, the state folder and the ``--trace`` switch. A command raises a
:class:`~rusta_conductor.errors.RustaError` for anything the user can do something about: it becomes one line and the
exit code of its class (:mod:`rusta_conductor.cli.exit_codes`). Importing this module loads click and the host, and
nothing else; ``rusta --help`` reads the declarations of all plugins and imports no command.
"""

from __future__ import annotations

import sys

from rusta_conductor.cli.context import Context, json_option, pass_context
from rusta_conductor.cli.failures import quiet_streams
from rusta_conductor.cli.root import RustaGroup, rusta
from rusta_conductor.interrupts import install

__all__ = ["Context", "RustaGroup", "json_option", "main", "pass_context", "rusta"]


def main() -> None:
    """The entry point of the command ``rusta``; leaves through ``sys.exit`` with a documented exit code."""
    quiet_streams()
    install()
    rusta.main(args=sys.argv[1:], prog_name="rusta")
