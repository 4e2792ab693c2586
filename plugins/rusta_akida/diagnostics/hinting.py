"""The hint that other parts of the product may ask for; without a trained file there is none."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rusta_akida.diagnostics.collecting import collect_messages
from rusta_akida.diagnostics.hints import DiagnosticHints
from rusta_akida.errors import AkidaError
from rusta_cargo import Toolchain
from rusta_conductor.home import Home


def hints_file(home: Home | None = None) -> Path:
    """Where the trained readout lies."""
    return (home or Home.find()).path / "cache" / "akida" / "diagnostics.readout"


def train_diagnostic_hints(toolchain: Toolchain, home: Home | None = None) -> Path:
    """Compile the documentation's broken examples, learn their classes, and write the readout; takes minutes."""
    path = hints_file((home or Home.find()).ready())
    hints = DiagnosticHints.train(collect_messages(toolchain))
    path.parent.mkdir(parents=True, exist_ok=True)
    hints.save(path)
    return path


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
