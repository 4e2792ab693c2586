"""A broken plugin is named and left out, and hurts nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest

from rusta_conductor import hookspecs
from rusta_conductor.errors import PluginError, UsageError
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ProposerSpec, ToolSpec
from rusta_schemas.devlog import DevLogEntry
from rusta_schemas.effects import Effect

ENTRY = DevLogEntry(ts="2026-01-01T00:00:00.000000Z", episode="ep-1", kind="note")


def tool(verb: str, **changes: Any) -> ToolSpec:
    parts: dict[str, Any] = {"summary": "s", "effect": Effect.READ, "args": "a:b", "handler": "a:b"}
    return ToolSpec(verb, **{**parts, **changes})


def module(name: str, **hooks: Any) -> ModuleType:
    made = ModuleType(name)
    for key, value in hooks.items():
        setattr(made, key, value)
    return made


def tools(*specs: Any) -> Callable[[], Iterable[Any]]:
    @hookimpl
    def rusta_tools() -> Iterable[Any]:
        return specs

    return rusta_tools


class Good:
    """A sound plugin that hears everything."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def rusta_tools(self) -> Iterable[ToolSpec]:
        return [tool("good")]

    @hookimpl
    def rusta_entry(self, entry: DevLogEntry) -> None:
        self.heard.append(entry.kind)


class Angry:
    def __getattribute__(self, name: str) -> Any:
        if name.startswith("rusta"):
            raise RuntimeError("do not look at me")
        return super().__getattribute__(name)

    @hookimpl
    def rusta_tools(self) -> Iterable[ToolSpec]:
        return []


@hookimpl
def rusta_tolls() -> Iterable[ToolSpec]:
    return []


def unmarked() -> Iterable[ToolSpec]:
    return [tool("unmarked")]


@hookimpl(specname="rusta_tools")
def wrong_arguments(episode: object) -> Iterable[ToolSpec]:
    return []


@hookimpl(wrapper=True, specname="rusta_entry")
def wrapped(entry: DevLogEntry) -> Any:
    return (yield)


@hookimpl(specname="rusta_tools")
def exits() -> Iterable[ToolSpec]:
    raise SystemExit(1)


@hookimpl(specname="rusta_tools")
def raises() -> Iterable[ToolSpec]:
    raise OSError("no such file")


@hookimpl(specname="rusta_tools")
def raises_ours() -> Iterable[ToolSpec]:
    raise PluginError("I know this exception too")


@hookimpl(specname="rusta_tools")
def half() -> Iterable[ToolSpec]:
    yield tool("half")
    raise ValueError("the second half is missing")


@hookimpl(specname="rusta_tools")
def returns_none() -> Any:
    return None


BROKEN: dict[str, tuple[Any, str]] = {
    "a misspelt hook": (module("bad", rusta_tolls=rusta_tolls), "did you mean 'rusta_tools'"),
    "an unmarked hook": (module("bad", rusta_tools=unmarked), "@hookimpl"),
    "wrong arguments": (module("bad", rusta_tools=wrong_arguments), "episode"),
    "a wrapper": (module("bad", rusta_entry=wrapped), "wrap"),
    "a declaration that raises": (module("bad", rusta_tools=raises), "no such file"),
    "a declaration that exits": (module("bad", rusta_tools=exits), "SystemExit"),
    "a declaration that raises our exception": (module("bad", rusta_tools=raises_ours), "I know"),
    "half a declaration": (module("bad", rusta_tools=half), "second half"),
    "no list": (module("bad", rusta_tools=returns_none), "NoneType"),
    "something else in the list": (module("bad", rusta_tools=tools("good")), "not a ToolSpec"),
    "a bad verb": (module("bad", rusta_tools=tools(tool("Bad Verb"))), "Bad Verb"),
    "a verb with a line end": (module("bad", rusta_tools=tools(tool("bad\n"))), "a name has"),
    "a verb that is no text": (module("bad", rusta_tools=tools(tool(7))), "ToolSpec 7"),  # type: ignore[arg-type]
    "a bad reference": (module("bad", rusta_tools=tools(tool("x", handler="a.b"))), "handler"),
    "a bad reconciler": (module("bad", rusta_tools=tools(tool("x", reconcile="a"))), "reconcile"),
    "an effect as text": (module("bad", rusta_tools=tools(tool("x", effect="read"))), "effect"),
    "no time": (module("bad", rusta_tools=tools(tool("x", timeout_s=0))), "timeout_s"),
    "endless time": (module("bad", rusta_tools=tools(tool("x", timeout_s=float("inf")))), "timeout_s"),
    "an unknown cost": (module("bad", rusta_tools=tools(tool("x", cost={"money": 1}))), "money"),
    "a negative cost": (module("bad", rusta_tools=tools(tool("x", cost={"probes": -1}))), "probes"),
    "an object that raises": (Angry(), "do not look at me"),
    "nothing at all": (module("bad"), "no hook"),
    "not even a module": (7, "no hook"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plugin_is_named_and_left_out(case: str) -> None:
    plugin, words = BROKEN[case]
    before, after = Good(), module("after", rusta_tools=tools(tool("after")))
    host = PluginHost()
    host.register(before, name="before")
    info = host.register(plugin, name="broken")
    host.register(after, name="after")
    assert not info.active
    assert [name for name, _ in host.problems] == ["broken"]
    assert words in host.problems[0][1]
    assert "\n" not in host.problems[0][1]
    assert set(host.tools) == {"good", "after"}, "it leaves nothing behind"
    assert set(host.owners.values()) == {"before", "after"}
    host.emit("rusta_entry", entry=ENTRY)
    assert before.heard == ["note"]


@pytest.mark.parametrize("case", BROKEN)
def test_a_strict_host_raises_and_names_it(case: str) -> None:
    host = PluginHost(strict=True)
    with pytest.raises(PluginError) as error:
        host.register(BROKEN[case][0], name="broken")
    assert BROKEN[case][1] in str(error.value)


def test_a_stolen_verb_stays_with_its_owner() -> None:
    host = PluginHost()
    host.register(Good(), name="owner")
    thief = module("thief", rusta_tools=tools(tool("good", summary="mine"), tool("own")))
    info = host.register(thief, name="thief")
    assert host.tools["good"].summary == "s"
    assert host.tools["own"]
    assert info.active, "the rest of it works"
    assert host.problems == [("thief", "rusta_tools: 'good' belongs to plugin 'owner'; this claim is ignored")]


def test_a_verb_declared_twice() -> None:
    host = PluginHost()
    host.register(module("twice", rusta_tools=tools(tool("x"), tool("x", summary="t"))), name="twice")
    assert host.tools["x"].summary == "s"
    assert "declared twice" in host.problems[0][1]


def test_hooks_may_have_another_name_with_specname() -> None:
    @hookimpl(specname="rusta_tools")
    def my_tools() -> Iterable[ToolSpec]:
        return [tool("mine")]

    host = PluginHost(strict=True)
    host.register(module("renamed", my_tools=my_tools), name="renamed")
    assert set(host.tools) == {"mine"}


class Loud:
    """Raises in every event."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    @hookimpl
    def rusta_entry(self, entry: DevLogEntry) -> None:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("loud"), SystemExit(4), PluginError("loud")])
def test_an_event_that_raises_is_reported_once_and_the_others_hear_it(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Good()
    heard: list[str] = []

    class Second:
        @hookimpl
        def rusta_entry(self, entry: DevLogEntry) -> None:
            heard.append(entry.kind)

    host = PluginHost(strict=True)
    host.register(first, name="first")
    host.register(Loud(error), name="loud")
    host.register(Second(), name="second")
    for _ in range(3):
        host.emit("rusta_entry", entry=ENTRY)
    assert first.heard == heard == ["note"] * 3
    assert len(host.problems) == 1
    assert capsys.readouterr().err.count("'loud'") == 1


def test_an_interrupt_in_an_event_is_the_user_s() -> None:
    host = PluginHost()
    host.register(Loud(KeyboardInterrupt()), name="loud")
    with pytest.raises(KeyboardInterrupt):
        host.emit("rusta_entry", entry=ENTRY)


def test_a_name_is_used_once() -> None:
    host = PluginHost()
    host.register(Good(), name="good")
    with pytest.raises(UsageError, match="already"):
        host.register(Good(), name="good")
    assert host.plugins["good"].active


def test_every_declaration_lands_in_its_table() -> None:
    class All:
        @hookimpl
        def rusta_commands(self) -> Iterable[CommandSpec]:
            return [CommandSpec("a-command", "s", "a:b")]

        @hookimpl
        def rusta_domains(self) -> Iterable[DomainSpec]:
            return [DomainSpec("a_domain", "s", "a:b")]

        @hookimpl
        def rusta_proposers(self) -> Iterable[ProposerSpec]:
            specs = [("late", 200), ("zeta", 100), ("alpha", 100), ("early", 1)]
            return [ProposerSpec(name, "a_domain", "s", "a:b", order) for name, order in specs]

        @hookimpl
        def rusta_checks(self) -> Iterable[CheckSpec]:
            return [CheckSpec("a_check", "s", "a:b")]

    host = PluginHost(strict=True)
    host.register(All(), name="all")
    assert (set(host.commands), set(host.domains), set(host.checks)) == (
        {"a-command"}, {"a_domain"}, {"a_check"},
    )  # fmt: skip
    ordered = [spec.name for spec in host.proposers_of("a_domain")]
    assert ordered == ["early", "alpha", "zeta", "late"]
    assert [s.name for s in host.proposers_of("a_domain", without=["zeta"])] == [
        "early", "alpha", "late",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="zeta"):
        host.proposers_of("a_domain", without=["zetta"])


def test_an_unknown_verb_is_answered_with_the_nearest() -> None:
    host = PluginHost()
    host.register(Good(), name="good")
    with pytest.raises(UsageError, match="did you mean 'good'"):
        host.tool("goood")
    with pytest.raises(UsageError, match="there are: good"):
        host.tool("completely_different")


def test_of_many_names_only_the_number_is_told() -> None:
    """More than a hundred proposers are no help on one line."""
    host = PluginHost()
    host.register(Good(), name="good")
    (known,) = host.tools.values()
    host.tools.update({f"verb_{number}": known for number in range(30)})
    with pytest.raises(UsageError, match="'rusta plugins' lists the 31 that there are"):
        host.tool("qqqqqq")


class Point:
    """What `importlib.metadata` gives for an installed plugin."""

    def __init__(self, name: str, load: Callable[[], Any], distribution: str = "strange") -> None:
        self.name, self.load, self.value = name, load, f"{name}.plugin"
        self.dist = module("dist")
        self.dist.name, self.dist.version = distribution, "1.0"  # type: ignore[attr-defined]


def failing(error: BaseException) -> Callable[[], Any]:
    def load() -> Any:
        raise error

    return load


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def install(*points: Point) -> None:
        monkeypatch.setattr(metadata, "entry_points", lambda group: list(points))

    return install


@pytest.mark.parametrize("error", [ImportError("numpy"), SyntaxError("bad"), SystemExit(1), RecursionError()])
def test_a_plugin_that_cannot_be_imported(error: BaseException, installed: Callable[..., None]) -> None:
    installed(Point("bad", failing(error)), Point("good", Good))
    host = PluginHost()
    host.load_installed()
    assert "good" in host.tools
    assert "import failed" in dict(host.problems)["bad"]
    assert not host.plugins["bad"].active
    strict = PluginHost(strict=True)
    with pytest.raises(PluginError, match="strange"):
        strict.load_installed()


def test_two_plugins_of_one_name(installed: Callable[..., None]) -> None:
    installed(Point("same", Good, "a-first"), Point("same", Good, "b-second"))
    host = PluginHost()
    host.load_installed()
    assert host.plugins["same"].distribution == "a-first"
    assert "taken" in dict(host.problems)["same@b-second"]


def test_only_the_named_plugins_are_loaded(installed: Callable[..., None]) -> None:
    installed(Point("bad", failing(ImportError())), Point("good", Good))
    host = PluginHost(only=["good"])
    host.load_installed()
    assert host.problems == []
    with pytest.raises(UsageError, match="'ghost'"):
        PluginHost(only=["ghost"]).load_installed()


def test_our_own_plugins_come_first(installed: Callable[..., None]) -> None:
    """A stranger cannot take a verb by a name that sorts earlier."""
    thief = module("thief", rusta_tools=tools(tool("good", summary="stolen")))
    installed(Point("aaa", lambda: thief), Point("zzz", Good, "rusta"))
    host = PluginHost()
    host.load_installed()
    assert host.tools["good"].summary == "s"


def test_a_trace_names_every_hook_call() -> None:
    lines: list[str] = []
    host = PluginHost(trace=lines.append)
    host.register(Good(), name="good")
    host.emit("rusta_entry", entry=ENTRY)
    assert lines == ["rusta_tools → good", "rusta_entry → good"]


def test_the_lists_of_hooks_are_complete() -> None:
    specs = {name for name in dir(hookspecs) if name.startswith("rusta_")}
    assert specs == {*hookspecs.DECLARATIONS, *hookspecs.EVENTS}
