"""``rusta flash``: put a program on a device, with proof, or train one first.

Exit codes
    0    flashed, or it was on the device already
    1    refused, rolled back, or it failed; the program before is active
    2    the command line or the file is not right; nothing was done
    3    a budget is used up; ``rusta resume EPISODE --budget NAME=N`` goes on
    4    the device was lost in the swap, or in a call of an earlier process
    130  interrupted; the episode is parked and can be resumed
"""

from __future__ import annotations

from pathlib import Path

import click

from rusta_conductor.budget import parse_budget
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import Context, json_option, pass_context

device_option = click.option(
    "--device", default="", metavar="NAME", help="virtual (the default), usbip:HOST:PORT or usb:BUS.DEV; also "
    "$RUSTA_AKIDA_DEVICE."
)  # fmt: skip


def device_name(given: str) -> str:
    """The device that was asked for, in the option or in the environment."""
    import os

    from rusta_akida.devices.manager import ENVIRONMENT, VIRTUAL

    return given or os.environ.get(ENVIRONMENT) or VIRTUAL


@click.command(epilog="Exit codes: 0 flashed or unchanged, 1 refused or rolled back, 3 budget used up, 4 unknown.")
@click.argument("target")
@device_option
@click.option("--rows", type=click.IntRange(1, 100_000), default=256, show_default=True, help="Random rows of proof.")
@click.option("--allow-delta", is_flag=True, help="Also where integers cost more than 2 % against floating point.")
@click.option("--whole", is_flag=True, help="Write a whole program, also where a swap of weights would do.")
@click.option(
    "--units", type=click.IntRange(8, 2000), default=200, show_default=True, help="Units of a trained reservoir."
)
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Also write what was trained to this .fbz."
)
@click.option("--budget", "budgets", multiple=True, metavar="NAME=N", help="Set a budget, e.g. wall=60.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the episode's randomness, and of training.")
@json_option
@pass_context
def flash(
    context: Context,
    target: str,
    device: str,
    rows: int,
    allow_delta: bool,
    whole: bool,
    units: int,
    save: Path | None,
    budgets: tuple[str, ...],
    seed: int | None,
    as_json: bool,
) -> None:
    """Put TARGET on a device: a .fbz file, or one of the tasks waveforms, narma10, mackey_glass and lorenz.

    For a task a reservoir's readout is trained and quantised first. The program is tried on a twin, staged beside the
    active program, read back, and proved on the device value by value; only then it is swapped in. When the proof fails,
    the program before stays, byte for byte. Where only weights of mutable slots differ, they are swapped in place.
    """
    from rusta_akida.flashing.running import begin
    from rusta_akida.program.container import load_container, save_container
    from rusta_conductor.cli.conclusion import conclude
    from rusta_conductor.cli.progress import Progress

    limits = parse_budget(budgets)
    console = Console(as_json=as_json)
    if target.endswith(".fbz"):
        container = load_container(target)
    else:
        from rusta_akida.flashing.training import train

        container = train(target, units=units, seed=seed or 0)
    if save is not None:
        save_container(save, container)
    with Progress() as progress:
        session = begin(
            context.host, context.home, container, device_name(device), rows=rows, allow_delta=allow_delta,
            in_place=not whole, budget=limits, seed=seed, observer=progress,
        )  # fmt: skip
        with session:
            finish = session.run()
            code = conclude(context.home, session, finish, console)
    click.get_current_context().exit(code)
