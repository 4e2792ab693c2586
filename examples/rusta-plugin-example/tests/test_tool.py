"""The tool as an episode calls it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from rusta_conductor.errors import Cancelled, ToolError
from rusta_conductor.testing import ToolConformance
from rusta_conductor.tool import ToolContext
from rusta_plugin_example import plugin
from rusta_plugin_example.tool import Census, CensusArgs, risk_census

if TYPE_CHECKING:
    from rusta_conductor.testing.live import LiveEpisode

FILES = {
    "src/lib.rs": b"fn a() { b().unwrap(); todo!() }\n",
    "src/bad.rs": b"// caf\xe9\nunsafe fn c() {}\n",
    "target/out.rs": b"unsafe {}\n",
    "Cargo.toml": b"[package]\n",
}


class Tree:
    """A workspace of plain bytes."""

    def __init__(self) -> None:
        self.base = dict.fromkeys([*FILES, "src/gone.rs"], "")

    def read_base(self, path: str) -> bytes:
        if path not in FILES:
            raise ToolError(f"{path} cannot be read")
        return FILES[path]


def context(workspace: object = None) -> ToolContext:
    return ToolContext(
        workspace=workspace if workspace is not None else Tree(),
        timeout_s=10,
        cancel=threading.Event(),
        key="0" * 64,
        attempt=1,
        home=Path("unused"),
    )


def run(args: CensusArgs) -> Census:
    data = risk_census(args, context()).data
    assert isinstance(data, Census)
    return data


def test_the_whole_tree_is_counted() -> None:
    result = risk_census(CensusArgs(), context())
    assert result.summary == "2 files: 1 unsafe, 1 todo, 1 unwrap"
    census = run(CensusArgs())
    assert census.counts == {"unsafe": 1, "todo": 1, "panic": 0, "unwrap": 1}
    assert [(site.path, site.line, site.kind) for site in census.sites] == [
        ("src/bad.rs", 2, "unsafe"),
        ("src/lib.rs", 1, "unwrap"),
        ("src/lib.rs", 1, "todo"),
    ]
    assert census.skipped == ("src/gone.rs",)


def test_the_limit_shortens_the_list_and_not_the_count() -> None:
    census = run(CensusArgs(limit=1, kinds=("todo", "unwrap")))
    assert census.counts == {"todo": 1, "unwrap": 1}
    assert len(census.sites) == 1


def test_only_the_named_files_are_read() -> None:
    census = run(CensusArgs(paths=("src/lib.rs",)))
    assert census.files == 1
    assert census.counts["unsafe"] == 0


def test_it_says_which_workspace_it_needs() -> None:
    with pytest.raises(ToolError, match="'repair' episode"):
        risk_census(CensusArgs(), context(workspace=object()))


def test_it_stops_when_asked() -> None:
    interrupted = context()
    interrupted.cancel.set()
    with pytest.raises(Cancelled):
        risk_census(CensusArgs(), interrupted)


class TestRiskCensus(ToolConformance):
    """Everything that rusta asks of any tool."""

    spec = next(iter(plugin.rusta_tools()))
    workspace = Tree()
    good_args: ClassVar = {"kinds": ["todo"], "limit": 5}
    bad_args: ClassVar = {"kinds": ["everything"]}


def test_in_an_episode_it_is_logged_and_replayed(episode: Callable[..., LiveEpisode]) -> None:
    script = {"sense": [{"call": "risk_census", "args": {"kinds": ["unsafe"]}}]}
    live = episode(script, plugins=[plugin], workspace=Tree())
    live.run()
    (done,) = live.of_kind("done")
    assert done["output"]["summary"] == "2 files: 1 unsafe"  # type: ignore[index,call-overload]
    assert live.replay().calls == 1
