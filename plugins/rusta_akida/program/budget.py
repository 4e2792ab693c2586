"""Does a program fit a device? What it uses beside what there is, and the reason where it does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rusta_akida.program.errors import DoesNotFit
from rusta_akida.program.layers import LayerSpec, LayerType
from rusta_akida.program.profiles import Profile, profile
from rusta_akida.program.reading import Program


@dataclass(frozen=True)
class Line:
    """One line of a budget. ``used`` stands against ``limit``; ``why`` says more where it is not simply fine."""

    where: str
    name: str
    used: str
    limit: str
    ok: bool
    why: str = ""
    source: str = ""

    @property
    def sentence(self) -> str:
        source = f" ({self.source})" if self.source else ""
        why = f"; {self.why}" if self.why else ""
        return f"{self.where}: {self.name} {self.used}, possible is {self.limit}{source}{why}"


@dataclass(frozen=True)
class BudgetReport:
    """What a program uses of a device."""

    profile: str
    title: str
    layout: str
    lines: tuple[Line, ...]

    @property
    def fits(self) -> bool:
        return all(line.ok for line in self.lines)

    @property
    def faults(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.ok)

    @property
    def remarks(self) -> tuple[Line, ...]:
        """Lines that pass, but not simply."""
        return tuple(line for line in self.lines if line.ok and line.why)

    def reason(self) -> str:
        """Why it does not fit, every fault in a sentence."""
        return "; ".join(line.sentence for line in self.faults)

    def to_json(self) -> dict[str, object]:
        return {
            "profile": self.profile, "layout": self.layout, "fits": self.fits,
            "lines": [dict(vars(line)) for line in self.lines],
        }  # fmt: skip


def budget(program: Program, on: Profile | None = None) -> BudgetReport:
    """Hold ``program`` against the profile ``on`` (the default one when None)."""
    chosen = on or profile()
    return BudgetReport(chosen.name, chosen.title, chosen.layout, tuple(_lines(program, chosen)))


def check_fits(program: Program, on: Profile | None = None) -> BudgetReport:
    """The budget of a program that fits.

    Raises:
        DoesNotFit: it does not; every reason is named.
    """
    report = budget(program, on)
    if not report.fits:
        raise DoesNotFit(f"the program does not fit {report.title}: {report.reason()}")
    return report


def _lines(program: Program, on: Profile) -> Iterator[Line]:
    known = program.version in on.versions
    layout = "" if known else f"the layout for it is {on.layout}" if not on.versions else "rebuild it for that firmware"
    yield Line("program", "firmware version", program.version, " or ".join(on.versions) or "none known", known, layout)
    processors = 0
    for number, layer in enumerate(program.layers):
        processors += layer.spec.filters
        for name, value in _demands(layer.spec):
            yield from _line(on, f"layer {number}", name, value)
    yield from _line(on, "program", "neural processors", processors)
    # Twice: a new program is written beside the old one, which stays until the new one is proved.
    yield from _line(
        on, "program", "bytes of program memory", 2 * (len(program.program_info) + len(program.program_data))
    )


def _demands(spec: LayerSpec) -> Iterator[tuple[str, int]]:
    kind = spec.kind.label
    yield "weight bits", spec.weight_bits
    yield f"{kind} input bits", spec.bits_in
    if spec.activation is not None:
        yield "activation bits", spec.activation.bits
    if spec.kind is LayerType.FULLY_CONNECTED:
        yield "fully_connected inputs", spec.in_features
        return
    shape = spec.geometry
    yield "input_conv kernel size", shape.kernel_size if shape else 1
    if shape is not None:
        yield "input_conv channels", shape.channels
        yield "input_conv height", shape.height
        yield "input_conv width", shape.width


def _line(on: Profile, where: str, name: str, value: int) -> Iterator[Line]:
    limit = on.limits.get(name)
    if limit is None:
        return
    ok = limit.allows(value)
    why = limit.advice if not ok else f"tolerated: {limit.source}" if value in limit.tolerated else ""
    yield Line(where, name, f"{value:,}", limit.text, ok, why, limit.source)
