"""A small world with tools of every weight, for testing domains, policies and the runtime itself.

The world is a folder. ``look`` reads (a number that depends on its argument), ``build`` counts as work in a sandbox
(the same, at the cost of a probe), ``push`` appends a line to ``world.txt`` and can be reconciled. Every execution is
written to ``runs.txt``, so that a test can count executions across processes and kills.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from rusta_conductor.contract import Contract
from rusta_conductor.errors import Cancelled, ToolError, ToolTimeout
from rusta_conductor.home import Home
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.specs import ToolSpec
from rusta_conductor.testing.live import LiveEpisode, ScriptedPlugin, resumed, started
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_devlog import DevLogReader
from rusta_schemas.base import Closed, Int, JsonObject
from rusta_schemas.canonical import digest
from rusta_schemas.devlog import DevLogEntry, Event, read_event
from rusta_schemas.effects import Effect

E = TypeVar("E", bound=Event)
_HERE = "rusta_conductor.testing.world"

ANYTHING = Contract(effects=frozenset({Effect.READ, Effect.SANDBOX, Effect.WRITE}), anchored=False)


class Ask(Closed):
    """The arguments of all three tools; ``size`` pads the result to so many bytes."""

    n: Int
    size: Int = 0
    fail: Literal["", "error", "timeout", "raise", "exit", "cancel"] = ""


class World:
    """The folder, and what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def pushed(self) -> list[str]:
        """The keys of the pushes that took effect, in order."""
        return _lines(self.folder / "world.txt")

    @property
    def runs(self) -> list[str]:
        """``verb key`` of every execution of a handler, in order."""
        return _lines(self.folder / "runs.txt")

    def executions(self, key: str) -> int:
        """How often the handler of one call was run."""
        return sum(run.endswith(key) for run in self.runs)


@dataclass
class Stage:
    """A state folder, a world, and a host that knows the world's tools and the domain ``scripted``.

    A second stage on the same folders stands for a later process.
    """

    folder: Path
    contract: Contract = ANYTHING

    def __post_init__(self) -> None:
        self.home = Home(self.folder / "home")
        self.world = World(self.folder / "world")
        self.host = PluginHost(strict=True)
        self.host.register(WorldPlugin(), name="world")
        self.host.register(ScriptedPlugin(self.contract, self.world), name="scripted")

    def start(self, script: JsonObject, *, budget: Mapping[str, float] | None = None, seed: int = 0) -> LiveEpisode:
        """Open an episode."""
        return started(self.host, self.home, script, budget=budget, seed=seed)

    def resume(self, episode: str, budget: Mapping[str, float] | None = None) -> LiveEpisode:
        """Take an episode up."""
        return resumed(self.host, self.home, episode, budget)

    def log(self, episode: str) -> Path:
        """The folder of an episode's log."""
        return self.home.devlog / episode

    def entries(self, episode: str) -> list[DevLogEntry]:
        """What stands in an episode's log."""
        return [DevLogEntry.model_validate(item.entry) for item in DevLogReader(self.log(episode))]

    def events(self, episode: str, kind: type[E]) -> list[E]:
        """The events of one kind in an episode's log."""
        found = (read_event(entry) for entry in self.entries(episode))
        return [event for event in found if isinstance(event, kind)]


class WorldPlugin:
    """Declares ``look``, ``build`` and ``push``."""

    @hookimpl
    def rusta_tools(self) -> Iterable[ToolSpec]:
        args = f"{_HERE}:Ask"
        probe = {"probes": 1.0}
        return (
            ToolSpec("look", "Look at a number", Effect.READ, args, f"{_HERE}:look"),
            ToolSpec("build", "Try a number", Effect.SANDBOX, args, f"{_HERE}:look", cost=probe),
            ToolSpec("push", "Append a line", Effect.WRITE, args, f"{_HERE}:push",
                     reconcile=f"{_HERE}:find_push"),
        )  # fmt: skip


def look(args: Ask, context: ToolContext) -> ToolResult:
    """Handler of ``look`` and ``build``."""
    world = _world(context)
    _append(world.folder / "runs.txt", f"look {context.key}")
    _fail(args)
    return _result(args)


def push(args: Ask, context: ToolContext) -> ToolResult:
    """Handler of ``push``."""
    world = _world(context)
    _append(world.folder / "runs.txt", f"push {context.key}")
    _append(world.folder / "world.txt", context.key)
    _fail(args)
    return _result(args)


def find_push(args: Ask, context: ToolContext) -> ToolResult | None:
    """Whether a push took effect."""
    return _result(args) if context.key in _world(context).pushed else None


def _result(args: Ask) -> ToolResult:
    value = int(digest(args.n)[:8], 16)
    return ToolResult(f"{args.n} is {value}", {"value": value, "padding": "x" * args.size})


def _fail(args: Ask) -> None:
    match args.fail:
        case "error":
            raise ToolError("the tool could not do its work")
        case "timeout":
            raise ToolTimeout("the command ran too long")
        case "raise":
            raise RuntimeError("a fault\nof two lines \udcff")
        case "exit":
            raise SystemExit(3)
        case "cancel":
            raise Cancelled("by itself")


def _world(context: ToolContext) -> World:
    assert isinstance(context.workspace, World)
    return context.workspace


def _append(path: Path, line: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(fd, f"{line}\n".encode())
    finally:
        os.close(fd)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []
