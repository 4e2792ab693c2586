"""``rusta burst inspect``, ``step`` and ``why``: looking, without an episode and without writing a connectome."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rusta_burst.cli.options import FILE, bytes_text, connectome_at, existing, machine_settings, run_options
from rusta_conductor.cli.console import Console
from rusta_conductor.cli.context import json_option

_SHOWN = 12


@click.command("inspect")
@click.argument("file", type=FILE)
@click.option("--neuron", type=click.IntRange(min=0), help="Show one neuron and its strongest synapses.")
@json_option
def inspect_command(file: Path, neuron: int | None, as_json: bool) -> None:
    """Show what a connectome, a recording (.spikes) or a snapshot (.snapshot) holds."""
    from rusta_burst.exchange import formats
    from rusta_burst.running.reports import neuron_view, overview

    console = Console(as_json=as_json)
    suffix = existing(file, "file").suffix.lower()
    if suffix == ".spikes":
        _recording(file, console)
    elif suffix == ".snapshot":
        _snapshot(file, console)
    elif neuron is not None:
        told = neuron_view(formats.load(file), neuron)
        console.json(told)
        _show_neuron(told, console)
    else:
        told = overview(formats.load(file))
        console.json(told)
        _show_overview(file, told, console)


@click.command("step")
@click.argument("connectome", type=FILE)
@click.option("--bursts", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many.")
@click.option("--from", "origin", type=FILE, help="Begin from this snapshot.")
@click.option("--snapshot", type=FILE, help="Write the state at the end, to go on from with --from.")
@run_options
@json_option
def step_command(
    connectome: Path, bursts: int, origin: Path | None, snapshot: Path | None, as_json: bool, **options: Any
) -> None:
    """Run a few bursts and list who fired."""
    from rusta_burst.running import states

    machine = _machine(connectome, origin, options)
    console = Console(as_json=as_json)
    for _ in range(bursts):
        report = machine.step()
        fired = report.fired.tolist()
        console.json({"burst": report.burst, "fired": fired, "events": report.events})
        shown = ", ".join(str(n) for n in fired[:_SHOWN]) + (" …" if len(fired) > _SHOWN else "")
        console.line(
            f"burst {report.burst}: {len(fired):,} fired, {report.events:,} events arrived"
            + (f": {shown}" if fired else "")
        )
    if snapshot is not None:
        digest = states.save(machine, snapshot)
        console.json({"snapshot": str(snapshot), "state_sha256": digest})
        console.line(f"{snapshot}: the state before burst {machine.burst}, {digest[:12]}")


@click.command("why")
@click.argument("connectome", type=FILE)
@click.argument("neuron", type=click.IntRange(min=0))
@click.option(
    "--burst", type=click.IntRange(min=0), help="The burst asked about; by default the first in which it fired."
)
@click.option(
    "--most", type=click.IntRange(1, 10_000_000), default=1000, show_default=True, help="Bursts to look through."
)
@click.option("--from", "origin", type=FILE, help="Begin from this snapshot.")
@run_options
@json_option
def why_command(
    connectome: Path, neuron: int, burst: int | None, most: int, origin: Path | None, as_json: bool, **options: Any
) -> None:
    """Say why a neuron fired (or did not) in a burst: which spikes reached it, what they brought, and what
    that came to."""
    from rusta_burst.dynamics.why import why
    from rusta_burst.running.verdict import state_of, verdict
    from rusta_burst.tools.working import explained
    from rusta_conductor.errors import UsageError

    machine = _machine(connectome, origin, options)
    if neuron >= len(machine.connectome.neurons):
        raise UsageError(f"neuron {neuron} is not there; the last one is {len(machine.connectome.neurons) - 1}")
    if burst is not None and burst < machine.burst:
        raise UsageError(f"burst {burst} is before the snapshot, which begins at {machine.burst}")
    first = machine.burst
    while True:
        was = state_of(machine, neuron)
        report = machine.step()
        if report.burst == burst or (burst is None and neuron in report.fired):
            break
        if burst is None and report.burst - first + 1 >= most:
            raise UsageError(
                f"neuron {neuron} does not fire in bursts {first} to {report.burst}; say --burst or --most"
            )
    found = why(machine.network, neuron)
    console = Console(as_json=as_json)
    outside = machine.from_outside(neuron, found.burst)
    reason = verdict(machine, neuron, was, found.total + outside, found.fired)
    console.json({**explained(found), "from_outside": outside, "before": asdict(was), "verdict": reason})
    lines = str(found).splitlines()
    lines.insert(1, f"  {reason}")
    if outside:
        lines.insert(2, f"  {outside:+7d} from outside")
    console.line("\n".join(lines[:41]))
    if len(lines) > 41:
        console.line(f"  … and {len(lines) - 41} more; --json lists them all")


def _machine(connectome: Path, origin: Path | None, options: dict[str, Any]) -> Any:
    from rusta_burst.exchange import formats
    from rusta_burst.running import states
    from rusta_burst.running.machine import Machine

    machine = Machine(formats.load(connectome_at(connectome)), machine_settings(**options))
    if origin is not None:
        states.resume(machine, existing(origin, "snapshot"))
    return machine


def _show_overview(file: Path, told: dict[str, Any], console: Console) -> None:
    console.line(
        f"{file}: {told['neurons']:,} neurons, {told['synapses']:,} synapses, digest {told['digest'][:12]}", "bold"
    )
    console.line(
        f"  {told['inhibitory']:,} inhibit, {told['learning']:,} learn, longest delay {told['longest_delay']}, "
        f"{told['repeated']:,} beside another of the same pair, {told['self_joins']:,} onto the neuron itself"
    )
    if told["removed"]:
        console.line(f"  {told['removed']:,} neurons were removed; their numbers are unused")
    console.line(f"  a run takes about {bytes_text(told['memory_bytes'])}")
    for number, rule in enumerate(told["rules"], start=1):
        parameters = ", ".join(f"{k} {v:g}" for k, v in rule["parameters"].items())
        console.line(f"  rule {number}: {rule['kind']}" + (f" ({parameters})" if parameters else ""))
    rows = [
        (a["name"], a["kind"], f"{a['neurons']:,}", f"{a['leaving']:,}", f"{a['reaching']:,}") for a in told["areas"]
    ]
    console.table(("area", "kind", "neurons", "synapses out", "in"), rows, ("neurons", "synapses out", "in"))


def _show_neuron(told: dict[str, Any], console: Console) -> None:
    fields = told["fields"]
    console.line(f"neuron {told['neuron']} of area {fields['area']!r}", "bold")
    console.line("  " + ", ".join(f"{k} {'none' if v is None else f'{v:g}'}" for k, v in fields.items() if k != "area"))
    for way, other, word in (("incoming", "source", "from"), ("outgoing", "target", "to")):
        console.line(f"{told[way]:,} synapses {way}")
        rows = [
            (
                f"{word} {s[other]}",
                str(s["weight"]),
                str(s["psp"]),
                "inhibits" if s["type"] else "excites",
                str(s["delay"]),
            )
            for s in told[f"strongest_{way}"]
        ]
        if rows:
            console.table((word, "weight", "psp", "kind", "delay"), rows, ("weight", "psp", "delay"))


def _recording(file: Path, console: Console) -> None:
    from rusta_burst.storage import recordings

    found = recordings.load(file)
    counts = found.counts()
    told = {
        "first": found.first,
        "bursts": found.bursts,
        "spikes": int(counts.sum()),
        "busiest": int(counts.max()) if len(counts) else 0,
        "watched": found.watched.tolist(),
        "spikes_sha256": found.digest,
        "about": dict(found.about),
    }
    console.json(told)
    console.line(
        f"{file}: bursts {found.first} to {found.first + found.bursts - 1}, {told['spikes']:,} spikes, "
        f"at most {told['busiest']:,} in one burst, {len(found.watched)} neurons watched"
    )


def _snapshot(file: Path, console: Console) -> None:
    from rusta_burst.running import states

    arrays, about = states.load(file)
    told = {**about, "burst": int(arrays["clock"][0]), "bytes": sum(int(a.nbytes) for a in arrays.values())}
    console.json(told)
    console.line(
        f"{file}: the state before burst {told['burst']} of connectome {str(about['connectome'])[:12]}, "
        f"{bytes_text(told['bytes'])}, state {str(about['state'])[:12]}"
    )
