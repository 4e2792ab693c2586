"""Where the state folder is, for a caller that was not told."""

from __future__ import annotations

import os
from pathlib import Path


def default_home() -> Path:
    """``$RUSTA_HOME``, else ``$XDG_STATE_HOME/rusta``, else ``~/.local/state/rusta``."""
    chosen = os.environ.get("RUSTA_HOME")
    if chosen:
        return Path(chosen)
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "rusta"
