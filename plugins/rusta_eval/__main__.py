"""``python -m rusta_eval``: the same as ``rusta eval``."""

from __future__ import annotations

from rusta_eval.cli import main

if __name__ == "__main__":
    main()
