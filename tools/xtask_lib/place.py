"""Where things are in this repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE_PLUGIN = Path("examples/rusta-plugin-example")


@dataclass(frozen=True)
class Place:
    """A checkout, and the folders that xtask makes in it."""

    root: Path = ROOT

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def rusta(self) -> Path:
        return self.venv / "bin" / "rusta"

    @property
    def stamp(self) -> Path:
        return self.venv / "xtask-stamp.json"

    @property
    def state(self) -> Path:
        """Lock and logs; outside `.venv`, which may be deleted while they are in use."""
        return self.root / "build" / "xtask"

    @property
    def native_artifacts(self) -> Path:
        return self.root / "native" / "rusta_native" / "_bin"

    @property
    def example_plugin(self) -> Path | None:
        """The third-party example distribution, when this checkout has it."""
        folder = self.root / EXAMPLE_PLUGIN
        return folder if (folder / "pyproject.toml").is_file() else None
