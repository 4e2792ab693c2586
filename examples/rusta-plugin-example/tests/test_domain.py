"""Episodes of the plugin's own kind: what they propose, when they decline, and that a replay comes to the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rusta_plugin_example import plugin
from rusta_plugin_example.page import HEAD, PAGE

from rusta_conductor import sessions
from rusta_conductor.home import Home
from rusta_devlog import DevLogStore
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.edits import apply_to_files

if TYPE_CHECKING:
    from rusta_conductor.domain import Result
    from rusta_conductor.host import PluginHost

SOURCE = "fn a() { b().unwrap(); c().unwrap(); todo!() }\n"
LINES = (
    "- src/lib.rs:1 unwrap: `fn a() { b().unwrap(); c().unwrap(); todo!() }`\n"
    "- src/lib.rs:1 todo: `fn a() { b().unwrap(); c().unwrap(); todo!() }`\n"
)


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    (tmp_path / "crate" / "src").mkdir(parents=True)
    (tmp_path / "crate" / "src" / "lib.rs").write_text(SOURCE)
    return tmp_path / "crate"


@pytest.fixture
def host(plugin_host: Callable[..., PluginHost]) -> PluginHost:
    return plugin_host(plugin)


@pytest.fixture
def notes(host: PluginHost, crate: Path, rusta_home: Path) -> Callable[..., tuple[str, Result | None]]:
    """Runs an episode on the crate; gives its id and its result."""

    def run(**budget: float) -> tuple[str, Result | None]:
        with sessions.start(host, Home(rusta_home), "risk_notes", {"path": str(crate)}, budget=budget) as session:
            return session.episode.id, session.run().result

    return run


def written(result: Result | None, files: dict[str, bytes]) -> str:
    """The page as the bundle leaves it."""
    assert result is not None
    bundle = PatchBundle.model_validate(result.data["bundle"])
    return apply_to_files(files, bundle.edits)[PAGE].decode()


def test_a_new_page_names_every_place_once(notes: Callable[..., tuple[str, Result | None]], crate: Path) -> None:
    _, result = notes()
    assert written(result, {}) == HEAD + LINES
    assert not (crate / PAGE).exists()  # an episode never writes to the target


def test_an_old_page_is_brought_up_to_date(notes: Callable[..., tuple[str, Result | None]], crate: Path) -> None:
    old = HEAD + "- src/gone.rs:9 panic: `panic!()`\n" + LINES
    (crate / PAGE).write_text(old)
    _, result = notes()
    assert written(result, {PAGE: old.encode()}) == HEAD + LINES


def test_a_right_page_is_left_alone(notes: Callable[..., tuple[str, Result | None]], crate: Path) -> None:
    (crate / PAGE).write_text(HEAD + LINES)
    _, result = notes()
    assert result is not None
    assert result.outcome == "nothing_to_do"


def test_a_page_over_the_budget_is_refused(notes: Callable[..., tuple[str, Result | None]]) -> None:
    """How large a proposal may be is the user's to say; the runtime sees to it."""
    _, result = notes(lines=1)
    assert result is not None
    assert result.outcome == "refused"


def test_a_replay_comes_to_the_same(
    notes: Callable[..., tuple[str, Result | None]], host: PluginHost, crate: Path, rusta_home: Path
) -> None:
    """The sources are gone by then: what was seen stands in the log."""
    episode, _ = notes()
    (crate / "src" / "lib.rs").unlink()
    reader = DevLogStore(rusta_home / "devlog").reader(episode)
    report = sessions.replay(host, Home(rusta_home), reader)
    assert (report.ended, report.outcome, report.calls) == (True, "written", 3)
