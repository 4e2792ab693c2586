"""The fixtures. Everything heavy is imported when a fixture is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rusta_conductor.contract import Contract
    from rusta_conductor.host import PluginHost
    from rusta_conductor.sandbox import Rung, Sandbox
    from rusta_conductor.testing.live import LiveEpisode
    from rusta_devlog import DevLogStore


@pytest.fixture
def rusta_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder; ``RUSTA_HOME`` names it."""
    home = tmp_path / "rusta-home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("RUSTA_HOME", str(home))
    return home


@pytest.fixture
def devlog(rusta_home: Path) -> DevLogStore:
    """The store of logs in ``rusta_home``; a real one, on the disk."""
    from rusta_devlog import DevLogStore

    return DevLogStore(rusta_home / "devlog")


@pytest.fixture
def plugin_host() -> Callable[..., PluginHost]:
    """A factory: ``plugin_host(plugin, …, installed=False, strict=True, trace=None)``.

    Every given object is registered as a plugin, named by its ``__name__`` or its class. ``installed`` adds those of
    the environment. By default the host is strict: a broken plugin raises ``PluginError``.
    """

    def build(
        *plugins: object,
        installed: bool = False,
        strict: bool = True,
        trace: Callable[[str], None] | None = None,
    ) -> PluginHost:
        from rusta_conductor.host import PluginHost

        host = PluginHost(strict=strict, trace=trace)
        if installed:
            host.load_installed()
        for plugin in plugins:
            name = str(getattr(plugin, "__name__", type(plugin).__name__))
            taken = sum(known.partition("#")[0] == name for known in host.plugins)
            host.register(plugin, name=f"{name}#{taken + 1}" if taken else name)
        return host

    return build


@pytest.fixture
def episode(rusta_home: Path, plugin_host: Callable[..., PluginHost]) -> Iterator[Callable[..., LiveEpisode]]:
    """A factory of live episodes over a real log; see :mod:`rusta_conductor.testing.scripted` for the script.

    ``episode(script={}, plugins=(), contract=None, workspace=None, budget=None, seed=0)``; ``workspace`` is handed to
    the tools as it is. The open ones are closed after the test.
    """
    opened: list[LiveEpisode] = []

    def build(
        script: Mapping[str, Any] | None = None,
        *,
        plugins: Sequence[object] = (),
        contract: Contract | None = None,
        workspace: object = None,
        budget: Mapping[str, float] | None = None,
        seed: int = 0,
    ) -> LiveEpisode:
        from rusta_conductor.home import Home
        from rusta_conductor.testing.live import ScriptedPlugin, started

        host = plugin_host(*plugins, ScriptedPlugin(contract, workspace))
        live = started(host, Home(rusta_home), dict(script or {}), budget=budget, seed=seed)
        opened.append(live)
        return live

    yield build
    for live in opened:
        live.close()


@pytest.fixture
def sandbox_repo(tmp_path: Path, rusta_home: Path) -> Iterator[Callable[..., Sandbox]]:
    """A factory: ``sandbox_repo(files, rung=None, hidden=())`` → an open sandbox on a real tree with those files.

    ``files`` maps relative paths to text or bytes. The tree itself (``sandbox.layout.root``) is never written by
    commands; it has no version control. The sandboxes are closed after the test.
    """
    from contextlib import ExitStack

    with ExitStack() as stack:
        trees = 0

        def build(
            files: Mapping[str, str | bytes],
            rung: Rung | None = None,
            hidden: Sequence[str] = ("target", ".git"),
        ) -> Sandbox:
            from rusta_conductor.sandbox import Layout, acquire_lane, open_sandbox

            nonlocal trees
            trees += 1
            root = Path(os.path.realpath(tmp_path)) / f"tree-{trees}"
            root.mkdir()
            write_tree(root, files)
            lane = stack.enter_context(acquire_lane(rusta_home, f"testing-{trees}"))
            layout = Layout(root, hidden=tuple(hidden))
            return stack.enter_context(open_sandbox(layout, lane, rung))

        yield build


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write ``files`` (relative path → content) below ``root``, which exists."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
