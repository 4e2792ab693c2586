"""Checking a program before it goes anywhere: its bytes, its fit, and its proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rusta_akida.program.budget import BudgetReport, budget, check_fits
from rusta_akida.program.container import Container
from rusta_akida.program.profiles import Profile, profile
from rusta_akida.program.reading import Program, parse_program
from rusta_akida.program.reference import reference_outputs

MOST_DELTA = 0.02


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    text: str


@dataclass(frozen=True)
class Verification:
    """What was looked at in a container, and how it fits."""

    findings: tuple[Finding, ...]
    budget: BudgetReport

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)


def verify_program(program_info: bytes, program_data: bytes, on: Profile | None = None) -> Program:
    """Read a program with every weight and hold it against a profile (the default one when None).

    Raises:
        ProgramError: the bytes are no program. DoesNotFit: the device has less than it needs.
    """
    program = parse_program(program_info, program_data)
    check_fits(program, on)
    return program


def verify_container(container: Container, on: Profile | None = None) -> Verification:
    """Look at everything a container says of itself. Reading it has checked its bytes already."""
    program = container.program
    report = budget(program, on or profile(container.profile))
    found = [
        Finding("bytes", True, f"{len(program.layers)} layers, every field and every weight as the layout says"),
        Finding("budget", report.fits, report.reason() or f"fits {report.title}"),
        _proof(container),
        _delta(container),
    ]
    return Verification(tuple(found), report)


def _proof(container: Container) -> Finding:
    rows = len(container.proof_inputs)
    if not rows:
        return Finding("proof", True, "the file has no held-out inputs; a flash makes its own")
    wrong = int(
        np.count_nonzero(reference_outputs(container.program, container.proof_inputs) != container.proof_outputs)
    )
    if wrong:
        text = f"{wrong} of {container.proof_outputs.size} stored outputs are not what the weights give"
        return Finding("proof", False, text)
    return Finding(
        "proof", True, f"{container.proof_outputs.size} stored outputs of {rows} inputs are what the weights give"
    )


def _delta(container: Container) -> Finding:
    delta = container.delta
    if np.isnan(delta):
        return Finding("quantised delta", True, "not known: the file has no errors of floating point and integers")
    text = f"{delta:.2%} (float {container.reference_error:.4g}, integers {container.quantised_error:.4g})"
    if delta > MOST_DELTA:
        return Finding("quantised delta", False, f"{text}; at most {MOST_DELTA:.0%} is allowed{_lost(container)}")
    return Finding("quantised delta", True, text)


def _lost(container: Container) -> str:
    """Where a readout of ours lost it: the figures of the stages, as its maker wrote them down."""
    stages = container.details.get("stages")
    try:
        told = "; ".join(f"{name} {float(figure):.4g}" for name, figure in stages or ())
    except (TypeError, ValueError):
        return ""
    return f" ({told})" if told else ""
