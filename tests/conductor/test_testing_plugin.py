"""What `rusta.testing` gives to authors of plugins: the fixtures work, and the conformance tests can fail."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from rusta_conductor.contract import Contract
from rusta_conductor.errors import Cancelled, PluginError, ToolTimeout
from rusta_conductor.host import PluginHost
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ToolSpec
from rusta_conductor.testing import ToolConformance, reference
from rusta_conductor.testing.conformance import ToolsPlugin, tree_hash
from rusta_conductor.testing.live import LiveEpisode
from rusta_conductor.testing.world import ANYTHING, World, WorldPlugin
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_devlog import DevLogStore
from rusta_schemas.base import Closed
from rusta_schemas.effects import Effect

WORLD = {spec.verb: spec for spec in WorldPlugin().rusta_tools()}


class InWorld(ToolConformance):
    good_args: ClassVar = {"n": 3}
    bad_args: ClassVar = {"n": "three"}

    @contextmanager
    def make_workspace(self, folder: Path) -> Any:
        yield World(folder.parent / "world")


class TestLook(InWorld):
    spec: ClassVar = WORLD["look"]


class TestPush(InWorld):
    spec: ClassVar = WORLD["push"]


class Wait(Closed):
    wait: bool


def wait(args: Wait, context: ToolContext) -> ToolResult:
    """A tool that keeps its deadline and stops when asked."""
    if args.wait:
        if context.cancel.wait(context.timeout_s):
            raise Cancelled("stopped")
        raise ToolTimeout(f"ran longer than {context.timeout_s:g} s")
    return ToolResult("did not wait", {"at": time.time()})


class TestWait(ToolConformance):
    spec: ClassVar = ToolSpec("wait", "Wait", Effect.READ, reference(Wait), reference(wait), timeout_s=60)
    good_args: ClassVar = {"wait": False}
    bad_args: ClassVar = {"wait": "perhaps"}
    slow_args: ClassVar = {"wait": True}
    unstable: ClassVar = frozenset({"at"})


class Loose(BaseModel):
    n: int = 0


class Count(Closed):
    n: int = 0


class Bad(ToolConformance):
    """A tool that does one thing wrong; each test below says which."""

    __test__ = False
    good_args: ClassVar = {"n": 1}
    bad_args: ClassVar = {"n": "x"}


def bad_tool(handler: Any, **changes: Any) -> Bad:
    parts: dict[str, Any] = {"summary": "s", "effect": Effect.READ, "args": reference(Count)}
    spec = ToolSpec("bad", **{**parts, **changes}, handler=reference(handler))
    made = type("BadTool", (Bad,), {"spec": spec, "__test__": False})()
    assert isinstance(made, Bad)
    return made


def fine(args: Any, context: ToolContext) -> ToolResult:
    return ToolResult("fine", {"n": args.n})


def test_a_sound_tool_passes(tmp_path: Path) -> None:
    """So that the failures below are due to what each of them does wrong."""
    for number, name in enumerate(sorted(n for n in dir(Bad) if n.startswith("test_"))):
        method = getattr(bad_tool(fine), name)
        folder = tmp_path / str(number)
        folder.mkdir()
        names = method.__code__.co_varnames[1 : method.__code__.co_argcount]
        with pytest.MonkeyPatch.context() as patch:
            given = {"tmp_path": folder, "monkeypatch": patch}
            try:
                method(**{key: given[key] for key in names})
            except pytest.skip.Exception:
                continue


def test_open_arguments_are_found() -> None:
    with pytest.raises(AssertionError, match="extra='forbid'"):
        bad_tool(fine, args=reference(Loose)).test_the_arguments_are_closed_and_have_a_schema()


def test_a_reference_to_nothing_is_found() -> None:
    with pytest.raises(PluginError):
        bad_tool(fine, args="nowhere:Args").test_the_references_resolve()


def test_a_tool_that_says_something_else_each_time_is_found(tmp_path: Path) -> None:
    numbers = iter(range(100))

    def unstable(args: Any, context: ToolContext) -> ToolResult:
        return ToolResult("fine", {"n": next(numbers)})

    with pytest.raises(AssertionError):
        bad_tool(unstable).test_two_equal_calls_bring_equal_results(tmp_path)


def test_a_reading_tool_that_writes_is_found(tmp_path: Path) -> None:
    def writes(args: Any, context: ToolContext) -> ToolResult:
        assert isinstance(context.workspace, Path)
        (context.workspace / "trace").touch()
        return ToolResult("fine")

    with pytest.raises(AssertionError):
        bad_tool(writes).test_the_target_tree_is_left_alone(tmp_path)


def test_a_failing_tool_is_found(tmp_path: Path) -> None:
    def fails(args: Any, context: ToolContext) -> ToolResult:
        raise OSError("broken")

    with pytest.raises(AssertionError, match="broken"):
        bad_tool(fails).test_a_good_call_succeeds_with_a_line_and_json(tmp_path)


def test_a_lasting_tool_without_a_way_to_reconcile_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="reconcile"):
        bad_tool(fine, effect=Effect.WRITE).test_a_lasting_effect_can_be_reconciled(tmp_path)


def test_a_reconciler_that_always_says_yes_is_found(tmp_path: Path) -> None:
    made = bad_tool(fine, effect=Effect.WRITE, reconcile=reference(fine))
    with pytest.raises(AssertionError):
        made.test_a_lasting_effect_can_be_reconciled(tmp_path)


def test_a_tool_that_cannot_be_stopped_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rusta_conductor import calls

    release = threading.Event()

    def deaf(args: Any, context: ToolContext) -> ToolResult:
        release.wait(60)
        return ToolResult("fine")

    made = bad_tool(deaf)
    type(made).slow_args = {"n": 1}
    monkeypatch.setattr(calls, "GRACE_S", 0.2)
    try:
        with pytest.raises(AssertionError):
            made.test_a_running_call_stops_when_cancelled(tmp_path)
    finally:
        release.set()


def test_the_home_is_empty_and_named(rusta_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rusta_conductor.home import Home

    assert list(rusta_home.iterdir()) == []
    assert Home.find().path == rusta_home


def test_the_store_is_a_real_one(devlog: DevLogStore, rusta_home: Path) -> None:
    with devlog.create("ep-1") as log:
        log.append({"v": 1, "kind": "note"})
    assert devlog.episodes() == ["ep-1"]
    assert (rusta_home / "devlog" / "ep-1").is_dir()


def test_a_host_with_given_plugins(plugin_host: Callable[..., PluginHost]) -> None:
    host = plugin_host(WorldPlugin())
    assert set(host.tools) == {"look", "build", "push"}
    host = plugin_host(WorldPlugin(), ToolsPlugin(), ToolsPlugin(), strict=False)
    assert list(host.plugins) == ["WorldPlugin", "ToolsPlugin", "ToolsPlugin#2"]
    with pytest.raises(PluginError):
        plugin_host(object())
    assert "conductor" in plugin_host(installed=True, strict=False).plugins


def test_an_episode_runs_a_script(episode: Callable[..., LiveEpisode], tmp_path: Path) -> None:
    script = {
        "sense": [{"call": "look", "args": {"n": 1}}],
        "plan": [{"answer": "need_probe"}, {"answer": "ready"}],
        "probe": [[{"call": "build", "args": {"n": 2}}]],
        "validate": [{"do": [{"call": "build", "args": {"n": 3}}], "answer": "green"}],
    }
    live = episode(script, plugins=[WorldPlugin()], contract=ANYTHING, workspace=World(tmp_path / "w"))
    finish = live.run()
    assert finish.result is not None
    assert finish.result.outcome == "done"
    path = [row["target"] for row in live.of_kind("transition")]
    assert path == ["plan", "probe", "plan", "propose", "validate", "reflect", "remember", "end"]
    assert live.replay().calls == 3
    assert live.verify().ok


def test_an_episode_takes_a_contract_and_a_budget(episode: Callable[..., LiveEpisode]) -> None:
    live = episode(contract=Contract(anchored=True), budget={"steps": 7}, seed=9)
    assert live.episode.contract.anchored
    assert live.episode.budget.limits["steps"] == 7
    assert live.episode.seed == 9


def test_an_unknown_operation_is_named(episode: Callable[..., LiveEpisode]) -> None:
    with pytest.raises(ValueError, match="sing"):
        episode({"sense": [{"sing": 1}]}).run()


def test_a_sandbox_on_a_tree(sandbox_repo: Callable[..., Any]) -> None:
    sandbox = sandbox_repo({"src/a.txt": "one", "b.bin": b"\xff"})
    root = sandbox.layout.root
    before = tree_hash(root)
    if str(sandbox.rung) == "none":
        pytest.skip("this machine has no sandbox that runs commands")
    done = sandbox.run(["sh", "-c", "cat src/a.txt; echo two > src/a.txt"])
    assert done.stdout == b"one"
    assert sandbox.changes() == {"src/a.txt": b"two\n"}
    assert tree_hash(root) == before


def test_a_tree_s_hash_sees_every_change(tmp_path: Path) -> None:
    def change(path: Path, act: Callable[[], object]) -> None:
        act()
        hashes.append(tree_hash(tmp_path))
        assert len(set(hashes)) == len(hashes), path

    hashes = [tree_hash(tmp_path)]
    file, link = tmp_path / "f", tmp_path / "l"
    change(file, lambda: file.write_text("1"))
    change(file, lambda: file.write_text("2"))
    change(file, lambda: file.chmod(0o755))
    change(link, lambda: link.symlink_to("f"))
    change(tmp_path / "d", lambda: (tmp_path / "d").mkdir())
    change(file, lambda: file.rename(tmp_path / "g"))


def test_a_reference_resolves_to_the_object() -> None:
    first, second = object(), object()
    assert resolve(reference(first)) is first
    assert reference(first) != reference(second)


def test_pytest_starts_without_the_heavy_parts() -> None:
    """The plugin is loaded in every pytest run of a machine where rusta is installed."""
    heavy = ["pydantic", "transitions", "hypothesis", "sqlite_utils", "rusta_devlog"]
    code = f"import sys, rusta_conductor.testing; print(sorted({{*{heavy}}} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
