"""Small crates in temporary folders, and the real tools run on them with one state folder for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rusta_cargo.workspace import CargoWorkspace
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.edits import Edit


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rusta-home")


@pytest.fixture
def lay(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files below a folder with a space and an umlaut in its name; gives the folder."""

    def write(files: Mapping[str, str | bytes], name: str = "ein kräte") -> Path:
        root = tmp_path / name
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


class Bench:
    """One workspace and a short way to call tools on it."""

    def __init__(self, workspace: CargoWorkspace, home: Path) -> None:
        self.workspace, self._home = workspace, home
        self.cancel = threading.Event()

    def call(self, tool: Callable[[Any, ToolContext], ToolResult], args: object, timeout_s: float = 120) -> Any:
        context = ToolContext(self.workspace, timeout_s, self.cancel, "key", 1, self._home)
        result = tool(args, context)
        assert result.summary
        return result.data

    def edit(self, path: str, old: str, new: str) -> Edit:
        """The edit that replaces the only ``old`` of a base file by ``new``."""
        text = self.workspace.read_base(path)
        removed = old.encode()
        assert text.count(removed) == 1, f"{old!r} stands {text.count(removed)} times in {path}"
        start = text.index(removed)
        return Edit(path=path, start=start, end=start + len(removed), removed=old, inserted=new)


@pytest.fixture
def bench(home: Path) -> Iterator[Callable[..., Bench]]:
    """Opens workspaces and closes them after the test."""
    with ExitStack() as stack:

        def make(path: Path, **options: Any) -> Bench:
            workspace = stack.enter_context(CargoWorkspace(path, home, **options))
            return Bench(workspace, home)

        yield make
