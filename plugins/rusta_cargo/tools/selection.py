"""The command line of a cargo build, from a tool's arguments."""

from __future__ import annotations

from rusta_cargo.models import BuildArgs
from rusta_cargo.toolchain import Toolchain
from rusta_conductor.errors import ToolError

_KEEPS_GOING = (1, 74)


def whole(toolchain: Toolchain) -> list[str]:
    """The option that makes cargo report the errors of every target, not of those that it happened to build first.

    Without it, what is told depends on which of several broken targets fails first. Older cargos do not have it.
    """
    return ["--keep-going"] if toolchain.numbers >= _KEEPS_GOING else []


def selection(args: BuildArgs) -> list[str]:
    """The options for packages and features.

    Raises:
        ToolError: a name that cargo would read as an option.
    """
    options: list[str] = []
    for name in args.packages:
        options += ["-p", _plain(name)]
    if args.features:
        options += ["--features", ",".join(_plain(name) for name in args.features)]
    if args.all_features:
        options.append("--all-features")
    if args.no_default_features:
        options.append("--no-default-features")
    return options


def _plain(name: str) -> str:
    if not name or name.startswith("-") or any(sign.isspace() for sign in name):
        raise ToolError(f"{name!r} is not the name of a package or feature")
    return name
