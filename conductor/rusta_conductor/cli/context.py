"""What every command is given: the plugin host, the state folder, and the switches."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost


@dataclass
class Context:
    """The surroundings of one run of ``rusta``; the object of the root click context.

    ``host`` and ``home`` are made when they are first asked for, because ``--help`` needs only the one and an error
    message only the other. Tests and embedders may give their own.
    """

    trace: bool = False
    home_option: Path | None = None
    _host: PluginHost | None = field(default=None, repr=False)
    _home: Home | None = field(default=None, repr=False)

    @classmethod
    def of(cls, host: PluginHost, home: Home) -> Context:
        """A context around a host and a home that exist already."""
        return cls(_host=host, _home=home)

    @property
    def host(self) -> PluginHost:
        """The plugins, as the environment's switches say. Raises PluginError in strict mode."""
        if self._host is None:
            self._host = PluginHost.from_environment(trace=_trace if self.trace else None)
        return self._host

    @property
    def home(self) -> Home:
        """The state folder; it may not exist yet. Raises UsageError when no place is known."""
        if self._home is None:
            self._home = Home.find(self.home_option)
        return self._home


def _trace(line: str) -> None:
    print(f"trace: {line}", file=sys.stderr)  # noqa: T201


pass_context = click.make_pass_decorator(Context, ensure=True)

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """The option ``--json`` that every command has; it arrives as ``as_json``."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, one object a line.")
    return option(function)
