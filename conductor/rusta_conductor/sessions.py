"""Opening episodes: fresh, resumed, forked, or replayed from the log without running anything."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from rusta_conductor import forking
from rusta_conductor.budget import Budget
from rusta_conductor.contract import Contract
from rusta_conductor.domain import Domain
from rusta_conductor.driver import Driver, Finish
from rusta_conductor.episode import Episode
from rusta_conductor.errors import Divergence, UsageError
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.interrupts import held
from rusta_conductor.journal import Journal, ProposalWithin
from rusta_conductor.machine import check_contract
from rusta_conductor.recording import Recording, first_difference
from rusta_conductor.refs import resolve
from rusta_devlog import DevLog, DevLogReader, DevLogStore
from rusta_schemas.base import JsonObject
from rusta_schemas.devlog import DevLogEntry, Opened, Resumed
from rusta_schemas.upcast import UPCASTERS

Observer = Callable[[DevLogEntry], None]


@dataclass
class Session:
    """One process's work on one episode. Use it as a context manager: leaving it closes the workspace and the log."""

    host: PluginHost
    home: Home
    episode: Episode
    domain: Domain
    log: DevLog | None
    resources: ExitStack

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def run(self) -> Finish:
        """Run the episode to its end, or until it is parked. See :meth:`Driver.run`."""
        return Driver(self.episode, self.domain).run()

    @property
    def log_head(self) -> str:
        """The digest of the last frame of the log."""
        assert self.log is not None, "a replay has no log of its own"
        return self.log.head.sha256

    def close(self) -> None:
        """Close the workspace (sandboxes are thrown away) and let go of the log."""
        with held():
            self.resources.close()


def start(
    host: PluginHost,
    home: Home,
    domain: str,
    goal: JsonObject,
    *,
    budget: Mapping[str, float] | None = None,
    seed: int | None = None,
    observer: Observer | None = None,
) -> Session:
    """Open a fresh episode.

    Raises:
        UsageError: no such domain, or a budget that does not exist.
        DevLogError: the log cannot be written.
    """
    home.ready()
    handler = load_domain(host, domain)
    limits = Budget.from_limits(budget or {})
    chosen = secrets.randbits(48) if seed is None else seed
    contract = handler.contract()
    check_contract(contract)
    episode = new_episode_id()
    opened = Opened(
        domain=domain, goal=goal, seed=chosen, budget=dict(limits.limits), contract=contract.to_json(),
        versions=versions(host),
    )  # fmt: skip
    log = DevLogStore(home.devlog).create(episode)
    try:
        journal = Journal(episode, log=log, observer=_observers(host, observer))
        journal.emit(opened)
        return _session(host, home, handler, contract, journal, opened, limits, log)
    except BaseException:
        log.close()
        raise


def resume(
    host: PluginHost,
    home: Home,
    beginning: str,
    *,
    budget: Mapping[str, float] | None = None,
    observer: Observer | None = None,
) -> Session:
    """Take up an episode that was parked, or whose process died. What was done is answered from the log.

    The larger budget holds for what is new; steps from the log are re-run under the budget they had.

    Raises:
        UsageError: there is nothing to resume: it has ended, or the new budget is smaller than the old one.
        Divergence: the domain's contract is no longer the recorded one.
        DevLogError: the log is held by a living process, or damaged.
    """
    store = DevLogStore(home.devlog)
    episode = store.resolve(beginning)
    log = store.open(episode)
    try:
        recording = read_recording(store.reader(episode))
        if recording.ended is not None:
            raise UsageError(
                f"episode {episode} has ended ({recording.ended.outcome}); to go another way from one of its steps, "
                f"use 'rusta fork {episode} STEP'"
            )
        if log.read_only:
            raise UsageError(f"the log of {episode} is damaged; see 'rusta devlog verify {episode}'")
        limits = _budget_of(recording)
        for name, limit in (budget or {}).items():
            if limit < limits.limits.get(name, 0.0):
                raise UsageError(f"budget {name}={limit:g} is smaller than the {limits.limits[name]:g} the episode had")
        limits = Budget.from_limits({**limits.limits, **(budget or {})})
        return _taken_up(host, home, log, recording, limits, observer)
    except BaseException:
        log.close()
        raise


def fork(
    host: PluginHost,
    home: Home,
    beginning: str,
    step: int,
    *,
    budget: Mapping[str, float] | None = None,
    observer: Observer | None = None,
) -> Session:
    """Open a new episode that shares the calls 0..``step`` of another and then goes its own way.

    Calls that were made side by side are shared together. What the parent decided up to there is re-run and must come
    out the same, so a domain may not put its episode's id or the keys of its calls into its decisions.

    Raises:
        UsageError: the parent has no such step.
        Divergence: the domain's contract is no longer the recorded one.
    """
    store = DevLogStore(home.devlog)
    parent = store.resolve(beginning)
    reader = store.reader(parent)
    if step < 0:
        raise UsageError(f"there is no step {step}; steps are counted from 0")
    shared, last = forking.beginning(read_entries(reader), step)
    old = Recording(enumerate(shared, start=1), reader.get_blob)
    limits = Budget.from_limits({**_budget_of(old).limits, **(budget or {})})
    episode = new_episode_id()
    changes: JsonObject = {"parent": parent, "parent_step": last, "versions": versions(host)}
    copied = forking.transplanted(shared, episode, changes)
    log = store.create(episode)
    try:
        for sha256 in forking.blobs_of(copied):
            log.put_blob(reader.get_blob(sha256))
        log.append_group(forking.as_lines(copied))
        tell = _observers(host, observer)
        for entry in copied:
            tell(entry)
        recording = Recording(enumerate(copied, start=1), log.get_blob)
        return _taken_up(host, home, log, recording, limits, observer)
    except BaseException:
        log.close()
        raise


def _taken_up(
    host: PluginHost,
    home: Home,
    log: DevLog,
    recording: Recording,
    limits: Budget,
    observer: Observer | None,
) -> Session:
    """A session that re-runs ``recording``, the beginning of ``log``, and then goes on under ``limits``."""
    opened = recording.opened
    assert opened is not None
    handler = load_domain(host, opened.domain)
    contract = _contract_as_recorded(handler, opened)
    recording.budget = dict(limits.limits)
    journal = Journal(recording.episode, log=log, recording=recording, observer=_observers(host, observer))
    journal.announce(Resumed(replayed=recording.calls, budget=dict(limits.limits)))
    return _session(host, home, handler, contract, journal, opened, limits, log)


@dataclass(frozen=True)
class ReplayReport:
    """What a replay confirmed."""

    episode: str
    domain: str
    calls: int
    ended: bool
    outcome: str
    tolerated: str | None = None


def replay(host: PluginHost, home: Home, reader: DevLogReader, *, tolerance: int = 0) -> ReplayReport:
    """Run an episode again from its log alone; no tool is started and nothing is written.

    Args:
        tolerance: a proposal may differ from the recorded one when its size is within this many lines.

    Raises:
        Divergence: the first thing that is not as recorded.
    """
    recording = read_recording(reader)
    opened = recording.opened
    assert opened is not None
    handler = load_domain(host, opened.domain)
    contract = _contract_as_recorded(handler, opened)
    journal = Journal(recording.episode, recording=recording, tolerance=tolerance)
    limits = _budget_of(recording)
    with _session(host, home, handler, contract, journal, opened, limits, None) as session:
        tolerated = None
        try:
            session.run()
            journal.finish()
        except ProposalWithin as difference:
            tolerated = str(difference)
    outcome = recording.ended.outcome if recording.ended else "unfinished"
    return ReplayReport(
        recording.episode, opened.domain, journal.replayed_calls, recording.ended is not None, outcome, tolerated
    )  # fmt: skip


def read_entries(reader: DevLogReader) -> Iterator[DevLogEntry]:
    """The entries of a log, older ones lifted to the present version."""
    for item in reader:
        yield DevLogEntry.model_validate(UPCASTERS.lift("devlog_entry", item.entry))


def read_recording(reader: DevLogReader) -> Recording:
    """The recording in a log. Its entries are numbered from 1, as in the log."""
    return Recording(enumerate(read_entries(reader), start=1), reader.get_blob)


def load_domain(host: PluginHost, name: str) -> Domain:
    """A fresh object of the domain ``name``."""
    return cast(Callable[[], Domain], resolve(host.domain(name).handler))()


def new_episode_id() -> str:
    """A new episode id: sortable by time, unique without asking anybody."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return f"{now}-{secrets.token_hex(4)}"


def versions(host: PluginHost) -> JsonObject:
    """What this run is made of, for the log."""
    from rusta_conductor.version import rusta_version

    return {
        "rusta": rusta_version(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "plugins": {name: info.version or "-" for name, info in host.plugins.items() if info.active},
    }


def _contract_as_recorded(domain: Domain, opened: Opened) -> Contract:
    contract = domain.contract()
    check_contract(contract)
    difference = first_difference(opened.contract, contract.to_json())
    if difference is not None:
        path, recorded, now = difference
        raise Divergence(f"the contract of domain {opened.domain!r}", path, recorded, now)
    return contract


def _budget_of(recording: Recording) -> Budget:
    return Budget.from_limits(
        {name: limit for name, limit in recording.budget.items() if isinstance(limit, int | float)}
    )


def _observers(host: PluginHost, extra: Observer | None) -> Observer:
    def tell(entry: DevLogEntry) -> None:
        if extra is not None:
            extra(entry)
        if entry.kind == "opened":
            host.emit("rusta_episode_opened", entry=entry)
        host.emit("rusta_entry", entry=entry)
        if entry.kind == "closed":
            host.emit("rusta_episode_closed", entry=entry)

    return tell


def _session(
    host: PluginHost,
    home: Home,
    domain: Domain,
    contract: Contract,
    journal: Journal,
    opened: Opened,
    limits: Budget,
    log: DevLog | None,
) -> Session:
    resources = ExitStack()
    if log is not None:
        resources.callback(log.close)
    laid: list[object] = []

    def workspace() -> object:
        if not laid:
            _clean_up(home, episode)
            laid.append(resources.enter_context(domain.workspace(opened.goal, home.path)))
            described = getattr(laid[0], "describe", None)
            remark = str(described()) if callable(described) else ""
            if remark:
                episode.note(remark)
        return laid[0]

    episode = Episode(
        host=host, home=home.path, journal=journal, goal=opened.goal, seed=opened.seed, budget=limits,
        contract=contract, workspace=workspace, workers=max(1, min(4, os.cpu_count() or 1)),
    )  # fmt: skip
    return Session(host, home, episode, domain, log, resources)


def _clean_up(home: Home, episode: Episode) -> None:
    """Throw away what dead processes left of their sandboxes; there is nothing to do where there was never one."""
    if not (home.path / "lanes").is_dir():
        return
    from rusta_conductor.sandbox import sweep

    report = sweep(home.path)
    if report.cleaned or report.removed:
        episode.note(f"cleaned up {len(report.cleaned)} left and removed {len(report.removed)} old sandbox lanes")
