"""Episodes of the repair domain over the real tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rusta_cargo import plugin
from rusta_cargo.repair.declarations import PROPOSERS
from rusta_cargo.repair.goal import RepairGoal
from rusta_conductor import sessions
from rusta_conductor.driver import Finish
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import ReplayReport
from rusta_devlog import DevLogStore
from rusta_docs import plugin as docs_plugin
from rusta_schemas.devlog import DevLogEntry
from rusta_schemas.edits import Edit, apply_to_files

# These tests judge the domain; what each proposer can do is judged in its own tests.
OTHERS = tuple(spec.name for spec in PROPOSERS if spec.name != "suggestions")
BEHAVIOUR = tuple(name for name in OTHERS if name.startswith("behaviour"))


@dataclass
class Ran:
    """A finished run, with everything it wrote."""

    episode: str
    finish: Finish
    host: PluginHost
    home: Home
    root: Path
    entries: list[DevLogEntry] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        assert self.finish.result is not None
        return self.finish.result.outcome

    @property
    def summary(self) -> str:
        assert self.finish.result is not None
        return self.finish.result.summary

    @property
    def data(self) -> dict[str, Any]:
        assert self.finish.result is not None
        return dict(self.finish.result.data)

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(Edit.model_validate(edit) for edit in self.data["bundle"]["edits"])

    def after(self, path: str) -> bytes:
        """A file as the bundle would leave it."""
        before = {edit.path: (self.root / edit.path).read_bytes() for edit in self.edits}
        return apply_to_files(before, self.edits)[path]

    def kinds(self, kind: str) -> list[dict[str, Any]]:
        return [dict(entry.data) for entry in self.entries if entry.kind == kind]

    def verbs(self) -> list[str]:
        return [str(data["action"]["verb"]) for data in self.kinds("started")]

    def decisions(self, topic: str) -> list[dict[str, Any]]:
        return [data["value"] for data in self.kinds("decision") if data["topic"] == topic]

    def replay(self) -> ReplayReport:
        reader = DevLogStore(self.home.devlog).reader(self.episode)
        return sessions.replay(self.host, self.home, reader)


@pytest.fixture
def repair(home: Path) -> Callable[..., Ran]:
    """Runs an episode of a domain on a path, with the compiler's suggestions and the proposers of ``plugins``;

    ``behaviour`` adds those that answer failing tests, ``also`` others by name; ``docs``: whether the documentation
    plugin is installed.
    """

    def run(
        path: Path,
        *,
        domain: str = "repair",
        budget: Mapping[str, float] | None = None,
        plugins: tuple[object, ...] = (),
        behaviour: bool = False,
        also: tuple[str, ...] = (),
        docs: bool = True,
        **goal: Any,
    ) -> Ran:
        host = PluginHost(strict=True)
        host.register(plugin, name="cargo")
        if docs:
            host.register(docs_plugin, name="docs")
        for number, extra in enumerate(plugins):
            host.register(extra, name=f"extra{number}")
        place = Home(home)
        kept = (*also, *(BEHAVIOUR if behaviour else ()))
        left_out = [name for name in OTHERS if name not in kept]
        without = (*left_out, *goal.pop("without", ()))
        wanted = RepairGoal.model_validate({"path": str(path), "lanes": 1, "without": without, **goal})
        entries: list[DevLogEntry] = []
        with sessions.start(
            host, place, domain, wanted.to_json(), budget=budget, seed=1, observer=entries.append
        ) as session:
            finish = session.run()
        root = path if path.is_dir() else path.parent
        return Ran(session.episode.id, finish, host, place, root, entries)

    return run
