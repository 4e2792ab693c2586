"""The command line of a cargo build, from a tool's arguments."""

from __future__ import annotations

from rusta_cargo.models import BuildArgs
from rusta_conductor.errors import ToolError


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
