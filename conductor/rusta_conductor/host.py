"""The plugin host: finds plugins, keeps broken ones out, and collects what the others declare."""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, TypeVar

import pluggy

from rusta_conductor import hookspecs
from rusta_conductor.errors import PluginError, UsageError
from rusta_conductor.spec_checks import check_spec, spec_name
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ProposerSpec, RankerSpec, ToolSpec

GROUP = "rusta"
OWN_DISTRIBUTION = "rusta"


@dataclass
class PluginInfo:
    """One plugin as ``rusta plugins`` shows it."""

    name: str
    distribution: str
    version: str
    module: str
    problems: list[str] = field(default_factory=list)
    declares: dict[str, list[str]] = field(default_factory=dict)
    active: bool = True


class PluginHost:
    """Holds the plugins of one process. Built in ``main`` and handed down; there is no global one.

    Args:
        strict: raise at the first broken plugin instead of skipping it (``RUSTA_STRICT_PLUGINS=1``).
        only: names of the plugins to load (``RUSTA_PLUGINS=a,b``); None loads all.
        trace: called with one line for every hook call.
    """

    def __init__(
        self,
        *,
        strict: bool = False,
        only: Sequence[str] | None = None,
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._strict, self._only, self._trace = strict, only, trace
        self.plugins: dict[str, PluginInfo] = {}
        self.commands: dict[str, CommandSpec] = {}
        self.tools: dict[str, ToolSpec] = {}
        self.domains: dict[str, DomainSpec] = {}
        self.proposers: dict[str, ProposerSpec] = {}
        self.rankers: dict[str, RankerSpec] = {}
        self.checks: dict[str, CheckSpec] = {}
        self.owners: dict[tuple[str, str], str] = {}

    @classmethod
    def from_environment(cls, trace: Callable[[str], None] | None = None) -> PluginHost:
        """A host with every installed plugin, as the environment's switches say."""
        only = os.environ.get("RUSTA_PLUGINS")
        host = cls(
            strict=os.environ.get("RUSTA_STRICT_PLUGINS") == "1",
            only=None if only is None else [name for name in only.split(",") if name],
            trace=trace,
        )
        host.load_installed()
        return host

    def load_installed(self) -> None:
        """Register the runtime's own plugin, then every plugin of the entry-point group, our distribution's first."""
        from rusta_conductor import builtin

        self.register(builtin, name="conductor", distribution=OWN_DISTRIBUTION)
        found = sorted(metadata.entry_points(group=GROUP), key=_rank)
        for point in found:
            if self._only is not None and point.name not in self._only:
                continue
            name, distribution, version = point.name, *_origin(point)
            if name in self.plugins:
                other = self.plugins[name].distribution
                name = f"{name}@{distribution}"
                info = PluginInfo(name, distribution, version, point.value)
                self.plugins[name] = info
                self._fail(
                    info,
                    f"the name {point.name!r} is taken by a plugin of {other!r}; rename the entry point",
                )
                continue
            try:
                module = point.load()
            except BaseException as error:  # a stranger's module may do anything, even exit
                if isinstance(error, KeyboardInterrupt):
                    raise
                info = PluginInfo(name, distribution, version, point.value)
                self.plugins[name] = info
                self._fail(info, f"import failed: {type(error).__name__}: {error}")
                continue
            self.register(module, name=name, distribution=distribution, version=version)
        if self._only is not None:
            for name in self._only:
                if name not in self.plugins:
                    known = ", ".join(point.name for point in found)
                    raise UsageError(f"RUSTA_PLUGINS names {name!r}, which is not installed; there are: {known}")

    def register(self, plugin: object, *, name: str, distribution: str = "", version: str = "") -> PluginInfo:
        """Add one plugin: check its hooks, then collect its declarations. A broken one is left out as a whole.

        Raises:
            UsageError: a plugin of that name is registered already.
            PluginError: the plugin is broken, and the host is strict.
        """
        if name in self.plugins:
            raise UsageError(f"a plugin named {name!r} is registered already; choose another name")
        module = str(getattr(plugin, "__name__", type(plugin).__name__))
        info = PluginInfo(name, distribution, version, module)
        self.plugins[name] = info
        problem = self._take_in(plugin, info)
        if problem is not None:
            self._drop_declarations(info)
            self._unregister(plugin)
            self._fail(info, problem)
        return info

    def _take_in(self, plugin: object, info: PluginInfo) -> str | None:
        """Register and collect; what is wrong, if something is. A stranger's object may raise anything anywhere."""
        doing = "hook does not fit"
        try:
            self._manager.register(plugin, name=info.name)
            doing = "looking for hooks failed"
            unknown = self._unknown_hooks(plugin)
            if unknown:
                return "; ".join(unknown)
            doing = "declaration failed"
            self._collect(plugin, info)
        except pluggy.PluginValidationError as error:
            return f"{doing}: {str(error).splitlines()[-1].strip()}"
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) or (self._strict and isinstance(error, PluginError)):
                raise
            return f"{doing}: {type(error).__name__}: {error}"
        return None

    def emit(self, hook: str, **arguments: object) -> None:
        """Call an event hook of every plugin, each in its own try."""
        caller = getattr(self._manager.hook, hook)
        for implementation in reversed(caller.get_hookimpls()):
            self._say(f"{hook} → {implementation.plugin_name}")
            wanted = {name: arguments[name] for name in implementation.argnames}
            try:
                implementation.function(**wanted)
            except BaseException as error:  # an observer's fault is not the episode's
                if isinstance(error, KeyboardInterrupt):
                    raise
                info = self.plugins[implementation.plugin_name]
                problem = f"{hook} raised {type(error).__name__}: {error}"
                if problem not in info.problems:
                    info.problems.append(problem)
                    print(f"rusta: plugin {info.name!r}: {problem}", file=sys.stderr)  # noqa: T201
                self._say(traceback.format_exc())

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(plugin, problem) for everything that is wrong."""
        return [(info.name, text) for info in self.plugins.values() for text in info.problems]

    def tool(self, verb: str) -> ToolSpec:
        """The tool that owns ``verb``.

        Raises:
            UsageError: there is none; the nearest names are given.
        """
        return _lookup(self.tools, verb, "tool")

    def domain(self, name: str) -> DomainSpec:
        """The domain ``name``.

        Raises:
            UsageError: there is none; the nearest names are given.
        """
        return _lookup(self.domains, name, "domain")

    def proposers_of(self, domain: str, without: Iterable[str] = ()) -> list[ProposerSpec]:
        """The proposers of ``domain`` in their order, less those named in ``without`` (which may name rankers too).

        Raises:
            UsageError: ``without`` names a proposer that does not exist.
        """
        off = set(without)
        for name in off - self.rankers.keys():
            _lookup(self.proposers, name, "proposer")
        chosen = [spec for spec in self.proposers.values() if spec.domain == domain and spec.name not in off]
        return sorted(chosen, key=lambda spec: (spec.order, spec.name))

    def rankers_of(self, domain: str, without: Iterable[str] = (), also: Iterable[str] = ()) -> list[RankerSpec]:
        """The usual rankers of ``domain`` and those named in ``also``, by name, less those named in ``without``."""
        off, on = set(without), set(also)
        chosen = [spec for spec in self.rankers.values() if spec.domain == domain and spec.name not in off]
        return sorted((spec for spec in chosen if spec.usual or spec.name in on), key=lambda spec: spec.name)

    def ranker(self, name: str) -> RankerSpec:
        """The ranker ``name``.

        Raises:
            UsageError: there is none; the nearest names are given.
        """
        return _lookup(self.rankers, name, "ranker")

    def _tables(self) -> dict[str, tuple[type[Any], dict[str, Any]]]:
        return {
            "rusta_commands": (CommandSpec, self.commands),
            "rusta_tools": (ToolSpec, self.tools),
            "rusta_domains": (DomainSpec, self.domains),
            "rusta_proposers": (ProposerSpec, self.proposers),
            "rusta_rankers": (RankerSpec, self.rankers),
            "rusta_checks": (CheckSpec, self.checks),
        }

    def _collect(self, plugin: object, info: PluginInfo) -> None:
        for hook, (kind, table) in self._tables().items():
            for implementation in getattr(self._manager.hook, hook).get_hookimpls():
                if implementation.plugin is not plugin:
                    continue
                self._say(f"{hook} → {info.name}")
                for spec in implementation.function():
                    if not isinstance(spec, kind):
                        raise TypeError(f"{hook} returned {spec!r}, not a {kind.__name__}")
                    check_spec(spec)
                    if self._claim(hook, spec_name(spec), info):
                        table[spec_name(spec)] = spec

    def _claim(self, hook: str, name: str, info: PluginInfo) -> bool:
        owner = self.owners.setdefault((hook, name), info.name)
        if owner == info.name and name not in info.declares.get(hook, ()):
            info.declares.setdefault(hook, []).append(name)
            return True
        claim = f"belongs to plugin {owner!r}" if owner != info.name else "is declared twice"
        self._fail(info, f"{hook}: {name!r} {claim}; this claim is ignored", fatal=False)
        return False

    def _drop_declarations(self, info: PluginInfo) -> None:
        tables = self._tables()
        for hook, names in info.declares.items():
            for name in names:
                tables[hook][1].pop(name, None)
                self.owners.pop((hook, name), None)
        info.declares = {}

    def _unknown_hooks(self, plugin: object) -> list[str]:
        known = (*hookspecs.DECLARATIONS, *hookspecs.EVENTS)
        found: list[str] = []
        for caller in self._manager.get_hookcallers(plugin) or []:
            if not caller.has_spec():
                near = difflib.get_close_matches(caller.name, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; the hooks are {', '.join(known)}"
                found.append(f"unknown hook {caller.name!r}{hint}")
            elif any(mine.wrapper or mine.hookwrapper for mine in caller.get_hookimpls() if mine.plugin is plugin):
                found.append(f"{caller.name!r} is a wrapper; hooks of rusta cannot be wrapped")
        for name in dir(plugin):
            # An undecorated function with a hook's name would be silently dead.
            value = getattr(plugin, name, None)
            if name in known and callable(value) and not hasattr(value, f"{hookspecs.PROJECT}_impl"):
                found.append(f"{name!r} is not marked; put @hookimpl before it")
        if not found and not self._manager.get_hookcallers(plugin):
            found.append(f"it has no hook; the hooks are {', '.join(known)}")
        return found

    def _unregister(self, plugin: object) -> None:
        if self._manager.is_registered(plugin):
            self._manager.unregister(plugin)

    def _fail(self, info: PluginInfo, problem: str, *, fatal: bool = True) -> None:
        info.problems.append(problem)
        info.active = info.active and not fatal
        self._say(f"problem → {info.name}: {problem}")
        if self._strict:
            raise PluginError(f"plugin {info.name!r} ({info.distribution or info.module}): {problem}")

    def _say(self, line: str) -> None:
        if self._trace is not None:
            self._trace(line)


def _rank(point: metadata.EntryPoint) -> tuple[bool, str, str]:
    distribution, _ = _origin(point)
    return (distribution != OWN_DISTRIBUTION, point.name, distribution)


def _origin(point: metadata.EntryPoint) -> tuple[str, str]:
    return ("", "") if point.dist is None else (point.dist.name, point.dist.version)


L = TypeVar("L")
MOST_LISTED = 20  # names that a message gives


def _lookup(table: dict[str, L], name: str, kind: str) -> L:
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name, table, 3)
    if near:
        hint = f"did you mean {' or '.join(repr(item) for item in near)}?"
    elif len(table) > MOST_LISTED:
        hint = f"'rusta plugins' lists the {len(table)} that there are"
    else:
        hint = f"there are: {', '.join(sorted(table)) or 'none'}"
    raise UsageError(f"no {kind} named {name!r}; {hint}")
