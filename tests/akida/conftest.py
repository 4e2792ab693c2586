"""The tests of this folder share a module of programs, and never depend on the clock."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
settings.register_profile("akida", deadline=None)
settings.load_profile("akida")
