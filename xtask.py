#!/usr/bin/env python3
"""The one door to this repository: `python3 xtask.py help` lists what it does.

This file is written so that an old Python can still read it and say which one is needed; the work
is in `tools/xtask_lib`, which uses nothing but the standard library.
"""

import os
import sys

OLDEST_PYTHON = (3, 11)

if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        "xtask: Python %d.%d or newer is needed, but this is Python %d.%d (%s).\n"
        "       On Debian: apt-get install python3; then run it as python3 xtask.py ..."
        % (OLDEST_PYTHON + sys.version_info[:2] + (sys.executable,))
    )

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "tools"))
sys.dont_write_bytecode = True

from xtask_lib.main import main  # noqa: E402  (the version check has to come first)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
