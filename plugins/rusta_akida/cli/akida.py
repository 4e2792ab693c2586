"""``rusta akida``: looking at programs and devices. Nothing here changes a device that lasts."""

from __future__ import annotations

import click

from rusta_conductor.cli.lazy_group import LazyGroup

_COMMANDS = {
    "bench": "measuring",
    "devices": "finding",
    "diff": "inspecting",
    "disasm": "inspecting",
    "hints": "hinting",
    "import": "importing",
    "serve": "serving",
    "verify": "inspecting",
}


@click.group(cls=LazyGroup, package="rusta_akida.cli", homes=_COMMANDS)
def akida() -> None:
    """Look at chip programs and devices."""
