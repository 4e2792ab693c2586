"""A real episode under test: real log, real door, every entry kept for a look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from rusta_conductor import sessions
from rusta_conductor.contract import Contract
from rusta_conductor.driver import Finish
from rusta_conductor.episode import Episode
from rusta_conductor.home import Home
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import ReplayReport, Session
from rusta_conductor.specs import DomainSpec
from rusta_conductor.testing.references import reference
from rusta_conductor.testing.scripted import ScriptedDomain
from rusta_devlog import DevLogStore, VerifyReport
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.devlog import DevLogEntry
from rusta_schemas.observation import Observation


class ScriptedPlugin:
    """Declares the domain ``scripted`` with a contract and a workspace of the test's choice."""

    def __init__(self, contract: Contract | None = None, workspace: object = None) -> None:
        def lay(*_: object) -> AbstractContextManager[object]:
            return nullcontext(workspace)

        def build() -> ScriptedDomain:
            return ScriptedDomain(contract, lay)

        self._spec = DomainSpec("scripted", "Does what a script says", reference(build))

    @hookimpl
    def rusta_domains(self) -> Iterable[DomainSpec]:
        return (self._spec,)


@dataclass
class LiveEpisode:
    """An open episode. ``entries`` are those written while it was open, in the order of the log."""

    session: Session
    entries: list[DevLogEntry] = field(default_factory=list)

    @property
    def episode(self) -> Episode:
        return self.session.episode

    @property
    def host(self) -> PluginHost:
        return self.session.host

    @property
    def home(self) -> Home:
        return self.session.home

    @property
    def id(self) -> str:
        return self.session.episode.id

    def call(self, verb: str, args: JsonObject | None = None) -> Observation:
        """One call through the door, in whatever state the machine is."""
        return self.episode.call(Action(verb=verb, args=args or {}))

    def run(self) -> Finish:
        """Run the script to its end, or until it is parked, and close the episode."""
        try:
            return self.session.run()
        finally:
            self.close()

    def close(self) -> None:
        self.session.close()

    def of_kind(self, kind: str) -> list[JsonObject]:
        """The data of the entries of one kind."""
        return [entry.data for entry in self.entries if entry.kind == kind]

    def resume(self, budget: Mapping[str, float] | None = None) -> LiveEpisode:
        """Close it, and take it up again as a later process would."""
        self.close()
        return resumed(self.host, self.home, self.id, budget)

    def fork(self, step: int, budget: Mapping[str, float] | None = None) -> LiveEpisode:
        """A new episode that shares the calls up to ``step``."""
        self.close()
        entries: list[DevLogEntry] = []
        session = sessions.fork(self.host, self.home, self.id, step, budget=budget, observer=entries.append)
        return LiveEpisode(session, entries)

    def replay(self) -> ReplayReport:
        """Replay what the log has; no tool runs."""
        return sessions.replay(self.host, self.home, self.store.reader(self.id))

    def verify(self) -> VerifyReport:
        """Check the log."""
        return self.store.verify(self.id)

    @property
    def store(self) -> DevLogStore:
        return DevLogStore(self.home.devlog)


def started(
    host: PluginHost,
    home: Home,
    script: JsonObject,
    *,
    budget: Mapping[str, float] | None = None,
    seed: int = 0,
) -> LiveEpisode:
    """Open an episode of the domain ``scripted``, which ``host`` must know."""
    entries: list[DevLogEntry] = []
    session = sessions.start(host, home, "scripted", script, budget=budget, seed=seed, observer=entries.append)
    return LiveEpisode(session, entries)


def resumed(host: PluginHost, home: Home, episode: str, budget: Mapping[str, float] | None = None) -> LiveEpisode:
    """Take up an episode that was parked or whose process died."""
    entries: list[DevLogEntry] = []
    session = sessions.resume(host, home, episode, budget=budget, observer=entries.append)
    return LiveEpisode(session, entries)
