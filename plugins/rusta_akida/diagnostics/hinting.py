"""The hint that other parts of the product may ask for; without a trained file there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rusta_akida.diagnostics.collecting import collect_messages
from rusta_akida.diagnostics.hints import DiagnosticHints
from rusta_akida.diagnostics.judging import HintFigures, fresh_code, fresh_program, judge_hints
from rusta_akida.errors import AkidaError
from rusta_cargo import Toolchain
from rusta_conductor.home import Home


@dataclass(frozen=True)
class Trained:
    """path: of the readout, None when it was measured alone. messages: what it was fitted on. figures: on fresh ones,
    of readouts that were fitted without them."""

    path: Path | None
    messages: int
    classes: tuple[str, ...]
    figures: tuple[HintFigures, ...]


def hints_file(home: Home | None = None) -> Path:
    """Where the trained readout lies."""
    return (home or Home.find()).path / "cache" / "akida" / "diagnostics.readout"


def train_diagnostic_hints(
    toolchain: Toolchain,
    home: Home | None = None,
    *,
    most: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Trained:
    """Compile the documentation's broken examples, learn their classes, measure that, and write the readout.

    What the compiler said is kept beside the readout: a run that was stopped goes on where it was.

    Args:
        most: take this many programs alone, for a first look that is not written.
        progress: told how many were compiled, and of how many.
    """
    path = hints_file((home or Home.find()).ready())
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = path.parent / f"messages-{toolchain.identity[:12]}.jsonl"
    messages = collect_messages(toolchain, most=most, kept=kept, progress=progress)
    figures = (
        judge_hints(messages, fresh_program, "fresh programs"),
        judge_hints(messages, fresh_code, "error codes never seen"),
    )
    if most is None:
        DiagnosticHints.train(messages).save(path)
    classes = tuple(sorted({message.category for message in messages}))
    return Trained(path if most is None else None, len(messages), classes, figures)


def diagnostic_class_hint(text: str, home: Home | None = None) -> dict[str, float]:
    """Classes of the taxonomy with probabilities, the likeliest first; empty when nothing usable was trained.

    Args:
        text: message and labels as :func:`message_text` joins them, without the code of the error.
    """
    try:
        path = hints_file(home)
        stamp = path.stat().st_mtime_ns
    except (AkidaError, OSError):
        return {}
    hints = _loaded(path, stamp)
    return {} if hints is None else hints.probabilities(text)


@lru_cache(maxsize=4)
def _loaded(path: Path, _stamp: int) -> DiagnosticHints | None:
    try:
        return DiagnosticHints.load(path)
    except AkidaError:
        return None
