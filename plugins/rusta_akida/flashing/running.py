"""Flashing from Python: an episode around a container and a device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rusta_akida.flashing.shelf import Shelf
from rusta_akida.program.container import Container, write_container
from rusta_conductor.domain import Result
from rusta_conductor.driver import Finish
from rusta_conductor.errors import Cancelled
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import Observer, Session, start
from rusta_schemas.base import JsonObject

ROWS = 256


@dataclass(frozen=True)
class Flash:
    """The episode that flashed, and how it ended."""

    episode: str
    finish: Finish
    result: Result


def begin(
    host: PluginHost,
    home: Home,
    container: Container,
    device: str,
    *,
    rows: int = ROWS,
    allow_delta: bool = False,
    in_place: bool = True,
    budget: Mapping[str, float] | None = None,
    seed: int | None = None,
    observer: Observer | None = None,
) -> Session:
    """An episode of the domain ``flash`` that is about to run.

    Args:
        device: its name, see :class:`rusta_akida.devices.manager.DeviceManager`.
        rows: random rows of proof beside the container's own. allow_delta: also where integers cost over 2 %.
        in_place: replace the weights of mutable slots where nothing else differs; False always writes a program.

    Raises:
        BuildError: the container cannot be kept. UsageError: a budget that does not exist.
    """
    home.ready()
    digest = Shelf(home.path).put_container(write_container(container))
    goal: JsonObject = {
        "program": digest, "name": container.name, "device": device, "rows": rows, "allow_delta": allow_delta,
        "in_place": in_place,
    }  # fmt: skip
    return start(host, home, "flash", goal, budget=budget, seed=seed, observer=observer)


def flash(
    host: PluginHost,
    home: Home,
    container: Container,
    device: str = "virtual",
    *,
    rows: int = ROWS,
    allow_delta: bool = False,
    in_place: bool = True,
    seed: int | None = None,
    observer: Observer | None = None,
) -> Flash:
    """Flash a container and see it through. Arguments as for :func:`begin`.

    Raises:
        Cancelled: the user interrupted, or a budget ran out; the episode is parked and can be resumed.
    """
    with begin(
        host, home, container, device, rows=rows, allow_delta=allow_delta, in_place=in_place, seed=seed,
        observer=observer,
    ) as session:  # fmt: skip
        finish = session.run()
        if finish.result is None:
            raise Cancelled(f"{finish.parked or 'parked'}; 'rusta resume {session.episode.id}' goes on with it")
        return Flash(session.episode.id, finish, finish.result)
