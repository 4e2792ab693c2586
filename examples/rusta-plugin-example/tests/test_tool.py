"""The tool alone, as an episode calls it, and as rusta expects any tool to be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from rusta_plugin_example import plugin
from rusta_plugin_example.tool import Census, CensusArgs, risk_census

from rusta_conductor import testing
from rusta_conductor.errors import Cancelled, ToolError
from rusta_conductor.tool import ToolContext

if TYPE_CHECKING:
    from rusta_conductor.testing.live import LiveEpisode

FILES = {
    "src/lib.rs": b"fn a() { b().unwrap(); todo!() }\n",
    "src/bad.rs": b"// caf\xe9\nunsafe fn c() {}\n",
    "target/out.rs": b"unsafe {}\n",
    "Cargo.toml": b"[package]\n",
}


class Tree:
    """A workspace with the two things that the tool asks for. One file it lists cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, content in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.base = dict.fromkeys([*FILES, "src/gone.rs"], "")

    def read_base(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            raise ToolError(f"{path} cannot be read") from None


def context(workspace: object) -> ToolContext:
    return ToolContext(
        workspace=workspace,
        timeout_s=10,
        cancel=threading.Event(),
        key="0" * 64,
        attempt=1,
        home=Path("unused"),
    )


def run(folder: Path, **args: Any) -> tuple[str, Census]:
    result = risk_census(CensusArgs(**args), context(Tree(folder)))
    assert isinstance(result.data, Census)
    return result.summary, result.data


def test_the_whole_tree_is_counted(tmp_path: Path) -> None:
    summary, census = run(tmp_path)
    assert summary == "2 files: 1 unsafe, 1 todo, 1 unwrap"
    assert census.counts == {"unsafe": 1, "todo": 1, "panic": 0, "unwrap": 1}
    assert [(site.path, site.line, site.kind) for site in census.sites] == [
        ("src/bad.rs", 2, "unsafe"),
        ("src/lib.rs", 1, "unwrap"),
        ("src/lib.rs", 1, "todo"),
    ]
    assert census.skipped == ("src/gone.rs",)


def test_the_limit_shortens_the_list_and_not_the_count(tmp_path: Path) -> None:
    _, census = run(tmp_path, limit=1, kinds=("todo", "unwrap"))
    assert census.counts == {"todo": 1, "unwrap": 1}
    assert len(census.sites) == 1


def test_only_the_named_files_are_read(tmp_path: Path) -> None:
    _, census = run(tmp_path, paths=("src/lib.rs",))
    assert census.files == 1
    assert census.counts["unsafe"] == 0


def test_it_says_which_workspace_it_needs() -> None:
    with pytest.raises(ToolError, match="'repair' episode"):
        risk_census(CensusArgs(), context(workspace=object()))


def test_it_stops_when_asked(tmp_path: Path) -> None:
    interrupted = context(Tree(tmp_path))
    interrupted.cancel.set()
    with pytest.raises(Cancelled):
        risk_census(CensusArgs(), interrupted)


def test_in_an_episode_it_is_logged(episode: Callable[..., LiveEpisode], tmp_path: Path) -> None:
    script = {"sense": [{"call": "risk_census", "args": {"kinds": ["unsafe"]}}]}
    live = episode(script, plugins=[plugin], workspace=Tree(tmp_path / "tree"))
    live.run()
    (started,) = live.of_kind("started")
    assert started["effect"] == "read"
    (done,) = live.of_kind("done")
    assert isinstance(done["output"], dict)
    assert done["output"]["summary"] == "2 files: 1 unsafe"


class TestRiskPage(testing.ToolConformance):
    spec = list(plugin.rusta_tools())[1]
    good_args: ClassVar = {"page": "# Nothing\n"}
    bad_args: ClassVar = {"page": 3}

    def make_workspace(self, folder: Path) -> AbstractContextManager[object]:
        return nullcontext(Tree(folder))


class TestRiskCensus(testing.ToolConformance):
    spec = next(iter(plugin.rusta_tools()))
    good_args: ClassVar = {"kinds": ["todo"], "limit": 5}
    bad_args: ClassVar = {"kinds": ["everything"]}

    def make_workspace(self, folder: Path) -> AbstractContextManager[object]:
        return nullcontext(Tree(folder))
