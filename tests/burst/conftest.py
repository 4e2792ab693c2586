"""What the burst tests share lies beside them in ``burst_worlds.py``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
