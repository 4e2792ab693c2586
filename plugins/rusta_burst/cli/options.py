"""Options that several subcommands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)

_RUN = (
    click.option(
        "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Of input and chance."
    ),
    click.option(
        "--drive",
        "drives",
        multiple=True,
        metavar="AREA=AMOUNT[@CHANCE]",
        help="Input for every neuron of an area, each burst, with a chance; may be given several times.",
    ),
    click.option("--stimulus", type=FILE, metavar="CSV", help="Input listed as burst,neuron,amount."),
    click.option("--fixed", is_flag=True, help="Potentials as whole numbers instead of floating point."),
    click.option("--candidates", is_flag=True, help="Step only neurons that get input, as the original does."),
    click.option("--still", is_flag=True, help="Hold all weights; nothing learns."),
    click.option("--threads", type=click.IntRange(1, 64), help="At most so many; the result is the same."),
)


def run_options(function: F) -> F:
    """How to run a connectome; the values arrive under the names of :func:`settings_of`."""
    for option in reversed(_RUN):
        function = option(function)
    return function


def settings_of(
    *,
    seed: int,
    drives: tuple[str, ...],
    stimulus: Path | None,
    fixed: bool,
    candidates: bool,
    still: bool,
    threads: int | None,
) -> dict[str, Any]:
    """The run options as a goal's ``settings``."""
    return {
        "seed": seed,
        "drives": list(drives),
        "stimulus": None if stimulus is None else str(stimulus.resolve()),
        "state": "fixed" if fixed else "float",
        "mode": "candidates" if candidates else "dense",
        "learning": not still,
        "threads": threads,
    }


def machine_settings(**options: Any) -> Any:
    """The run options as a machine takes them.

    Raises:
        InvalidInput: a drive or the stimulus is not well formed.
    """
    from rusta_burst.domain.goals import RunSettings

    return RunSettings.model_validate(settings_of(**options)).settings()


def existing(path: Path, what: str = "connectome") -> Path:
    """The path of a file that is there.

    Raises:
        UsageError: it is not.
    """
    from rusta_conductor.errors import UsageError

    if not path.exists():
        raise UsageError(f"{what} {path} is not there")
    if path.is_dir():
        raise UsageError(f"{what} {path} is a folder, expected a file")
    return path


def connectome_at(path: Path) -> Path:
    """The path of a connectome that is there, of a kind that can be read.

    Raises:
        UsageError: it is not there, or its ending tells no format.
    """
    from rusta_burst.errors import InvalidInput
    from rusta_burst.exchange.formats import FORMATS, format_of
    from rusta_conductor.errors import UsageError

    existing(path)
    try:
        format_of(path)
    except InvalidInput:
        endings = ", ".join(suffix for format_ in FORMATS if format_.reads for suffix in format_.suffixes)
        raise UsageError(f"{path} is no connectome by its name; expected an ending of {endings}") from None
    return path


def writable(path: Path | None) -> str | None:
    """The full path of a file that can be written there; None stays None.

    Raises:
        UsageError: it is a folder, its folder is not there, or nothing may be written into it.
    """
    from rusta_conductor.errors import UsageError

    if path is None:
        return None
    if path.is_dir():
        raise UsageError(f"{path} is a folder, expected the name of a file to write")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"cannot write {path}: the folder {folder} may not be written")
    return str(path.resolve())


def bytes_text(count: int) -> str:
    """A number of bytes for people."""
    value = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
