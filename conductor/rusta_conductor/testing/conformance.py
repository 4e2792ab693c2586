"""The tests that every tool should pass; a plugin's author subclasses them.

class TestCount(ToolConformance):
    spec = ToolSpec("count", "Count files", Effect.READ, "my.tool:Args", "my.tool:run")
    good_args = {"folder": "src"}
    bad_args = {"folder": 7}

    def make_workspace(self, folder: Path) -> AbstractContextManager[object]:
        (folder / "src").mkdir()
        return nullcontext(folder)
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from rusta_conductor import calls, sessions
from rusta_conductor import episode as door
from rusta_conductor.contract import Contract
from rusta_conductor.errors import GateRefused
from rusta_conductor.home import Home
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.recording import observation_digest
from rusta_conductor.refs import resolve
from rusta_conductor.specs import ToolSpec
from rusta_conductor.testing.live import LiveEpisode, ScriptedPlugin, started
from rusta_conductor.testing.references import reference
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import JsonObject
from rusta_schemas.canonical import canonical_bytes, sha256_hex
from rusta_schemas.observation import Observation, Status
from rusta_schemas.publish import verb_schema


class ToolsPlugin:
    """A plugin that declares the given tools."""

    def __init__(self, *specs: ToolSpec) -> None:
        self._specs = specs

    @hookimpl
    def rusta_tools(self) -> Iterable[ToolSpec]:
        return self._specs


class ToolConformance:
    """Subclass it in a test module and fill in what the tool is.

    Attributes:
        spec: the tool's declaration. good_args: arguments of a call that succeeds within seconds.
        bad_args: arguments that must be refused. slow_args: a call that would run for a minute or more, if any.
        unstable: names in the result's data that may differ between two equal calls (times, temporary paths).
    """

    __test__: ClassVar[bool] = False  # pytest collects the subclasses that say what their tool is

    spec: ClassVar[ToolSpec]
    good_args: ClassVar[Mapping[str, Any]]
    bad_args: ClassVar[Mapping[str, Any]]
    slow_args: ClassVar[Mapping[str, Any] | None] = None
    unstable: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__test__" not in cls.__dict__:
            cls.__test__ = hasattr(cls, "spec")

    def make_workspace(self, folder: Path) -> AbstractContextManager[object]:
        """Fill the empty ``folder`` with the target tree; give what the tool works in."""
        return nullcontext(folder)

    def state_of(self, workspace: object) -> object:
        """What a reading tool must leave as it is, beside the target tree; of a sandbox, its changes."""
        changes = getattr(workspace, "changes", None)
        return changes() if callable(changes) else None

    def test_the_references_resolve(self) -> None:
        assert callable(resolve(self.spec.handler))
        assert issubclass(_args_model(self.spec), BaseModel)
        if self.spec.reconcile is not None:
            assert callable(resolve(self.spec.reconcile))

    def test_the_summary_is_one_line(self) -> None:
        assert self.spec.summary.strip()
        assert "\n" not in self.spec.summary

    def test_the_arguments_are_closed_and_have_a_schema(self) -> None:
        model = _args_model(self.spec)
        assert model.model_config.get("extra") == "forbid", "set extra='forbid' on the arguments"
        schema = verb_schema(self.spec.verb, model, str(self.spec.effect), self.spec.summary)
        args = schema["properties"]
        assert isinstance(args, dict)
        assert isinstance(args["args"], dict)
        assert args["args"]["additionalProperties"] is False

    def test_bad_arguments_are_refused_and_the_field_is_named(self, tmp_path: Path) -> None:
        with self._live(tmp_path) as (live, _), pytest.raises(GateRefused) as refused:
            live.call(self.spec.verb, dict(self.bad_args))
        fields = {*_args_model(self.spec).model_fields, *self.bad_args}
        assert any(field in refused.value.why for field in fields), refused.value.why
        assert live.of_kind("started") == []
        assert [entry["gate"] for entry in live.of_kind("refused")] == ["schema"]

    def test_an_unknown_argument_is_refused(self, tmp_path: Path) -> None:
        with self._live(tmp_path) as (live, _), pytest.raises(GateRefused, match="no_such_field"):
            live.call(self.spec.verb, {**self.good_args, "no_such_field": 1})

    def test_a_good_call_succeeds_with_a_line_and_json(self, tmp_path: Path) -> None:
        with self._live(tmp_path) as (live, _):
            seen = live.call(self.spec.verb, dict(self.good_args))
        assert seen.status is Status.OK, seen.summary
        assert seen.summary.strip()
        assert "\n" not in seen.summary
        assert canonical_bytes(seen.data)

    def test_two_equal_calls_bring_equal_results(self, tmp_path: Path) -> None:
        with self._live(tmp_path) as (live, _):
            if self.spec.effect.lasting:
                pytest.skip("a lasting effect may make the second call different")
            first = live.call(self.spec.verb, dict(self.good_args))
            second = live.call(self.spec.verb, dict(self.good_args))
        assert self._stable(first) == self._stable(second)

    def test_the_target_tree_is_left_alone(self, tmp_path: Path) -> None:
        if self.spec.effect.lasting:
            pytest.skip("changing the world is what this tool is for")
        with self._live(tmp_path) as (live, workspace):
            before, state = tree_hash(tmp_path / "tree"), self.state_of(workspace)
            live.call(self.spec.verb, dict(self.good_args))
            assert tree_hash(tmp_path / "tree") == before
            if str(self.spec.effect) == "read":
                assert self.state_of(workspace) == state, "a reading tool changed its workspace"

    def test_a_large_output_survives_in_a_blob(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(door, "BLOB_OVER", 1)
        with self._live(tmp_path) as (live, _):
            seen = live.call(self.spec.verb, dict(self.good_args))
            [done] = live.of_kind("done")
            stored = live.store.reader(live.id).get_blob(str(done["blob"]))
        assert done["output"] is None
        assert Observation.model_validate_json(stored) == seen
        assert done["sha256"] == observation_digest(seen)

    def test_a_replay_gives_the_same_and_runs_nothing(self, tmp_path: Path) -> None:
        script: JsonObject = {
            "sense": [{"call": self.spec.verb, "args": dict(self.good_args)}],
            "plan": [{"answer": "give_up"}],
        }
        runs: list[str] = []

        def forbidden(_args: BaseModel, context: ToolContext) -> ToolResult:
            runs.append(context.key)
            return ToolResult("it ran")

        with self._live(tmp_path, script) as (live, _):
            finish = live.run()
        assert finish.result is not None
        silent = dataclasses.replace(self.spec, handler=reference(forbidden))
        host = self._host(silent, None)
        report = sessions.replay(host, live.home, live.store.reader(live.id))
        assert (report.calls, report.ended, runs) == (1, True, [])

    def test_a_cancelled_call_stops(self, tmp_path: Path) -> None:
        """A call cancelled before it began may still finish; it may not fail or hang."""
        cancel = threading.Event()
        cancel.set()
        seen = self._direct(tmp_path, self.good_args, cancel, timeout_s=60)
        assert seen.status in (Status.OK, Status.CANCELLED), seen.summary

    def test_a_running_call_stops_when_cancelled(self, tmp_path: Path) -> None:
        if self.slow_args is None:
            pytest.skip("no slow_args: the tool has no long call")
        cancel = threading.Event()
        timer = threading.Timer(0.5, cancel.set)
        timer.start()
        try:
            seen = self._direct(tmp_path, self.slow_args, cancel, timeout_s=60)
        finally:
            timer.cancel()
        assert seen.status is Status.CANCELLED, seen.summary
        assert "did not stop" not in seen.summary

    def test_a_call_keeps_its_deadline(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if self.slow_args is None:
            pytest.skip("no slow_args: the tool has no long call")
        monkeypatch.setattr(calls, "GRACE_S", 3.0)
        seen = self._direct(tmp_path, self.slow_args, threading.Event(), timeout_s=1)
        assert seen.status is Status.TIMEOUT, seen.summary
        assert "did not stop" not in seen.summary

    def test_a_lasting_effect_can_be_reconciled(self, tmp_path: Path) -> None:
        """After a crash the tool must be able to tell whether the call took effect."""
        if not self.spec.effect.lasting:
            pytest.skip("the effect does not outlive the episode")
        assert self.spec.reconcile is not None, "a lasting effect needs reconcile"
        with self._workspace(tmp_path) as workspace:
            context = _context(workspace, tmp_path, threading.Event(), 60)
            args = calls.check_args(self.spec, dict(self.good_args))
            assert calls.perform(self.spec, self.spec.reconcile, args, context) is None
            made = calls.perform(self.spec, self.spec.handler, args, context)
            assert made is not None
            assert made.ok, made.summary
            again = dataclasses.replace(context, attempt=2)
            found = calls.perform(self.spec, self.spec.reconcile, args, again)
            assert found is not None, "the call took effect, reconcile did not see it"
            assert self._stable(found) == self._stable(made)

    def _stable(self, seen: Observation) -> object:
        return str(seen.status), _without(seen.data, self.unstable)

    def _direct(
        self, tmp_path: Path, args: Mapping[str, Any], cancel: threading.Event, timeout_s: float
    ) -> Observation:
        with self._workspace(tmp_path) as workspace:
            context = _context(workspace, tmp_path, cancel, timeout_s)
            model = calls.check_args(self.spec, dict(args))
            seen = calls.perform(self.spec, self.spec.handler, model, context)
        assert seen is not None
        return seen

    @contextmanager
    def _workspace(self, tmp_path: Path) -> Iterator[object]:
        folder = tmp_path / "tree"
        folder.mkdir()
        with self.make_workspace(folder) as workspace:
            yield workspace

    @contextmanager
    def _live(self, tmp_path: Path, script: JsonObject | None = None) -> Iterator[tuple[LiveEpisode, object]]:
        with self._workspace(tmp_path) as workspace:
            host = self._host(self.spec, workspace)
            live = started(host, Home(tmp_path / "rusta-home"), script or {})
            try:
                yield live, workspace
            finally:
                live.close()

    def _host(self, spec: ToolSpec, workspace: object) -> PluginHost:
        host = PluginHost(strict=True)
        contract = Contract(effects=frozenset({spec.effect}), anchored=False)
        host.register(ToolsPlugin(spec), name="tool")
        host.register(ScriptedPlugin(contract, workspace), name="scripted")
        return host


def tree_hash(folder: Path) -> str:
    """A hash over every path below ``folder``: names, contents, links and modes."""
    lines: list[list[object]] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape").hex()
        content = (
            str(path.readlink()).encode("utf-8", "surrogateescape").hex()
            if path.is_symlink()
            else sha256_hex(path.read_bytes())
            if path.is_file()
            else ""
        )
        lines.append([name, content, path.lstat().st_mode])
    return sha256_hex(canonical_bytes(lines))


def _args_model(spec: ToolSpec) -> type[BaseModel]:
    model = resolve(spec.args)
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    return model


def _context(workspace: object, tmp_path: Path, cancel: threading.Event, timeout_s: float) -> ToolContext:
    return ToolContext(workspace, timeout_s, cancel, "0" * 64, 1, tmp_path)


def _without(value: object, names: frozenset[str]) -> object:
    if isinstance(value, dict):
        return {key: _without(item, names) for key, item in value.items() if key not in names}
    if isinstance(value, list):
        return [_without(item, names) for item in value]
    return value
