"""Makes the golden sessions anew: ``python tests/golden/regenerate.py [NAME …]``.

Needed when a change makes the repair decide otherwise, on purpose. Look at what changed (``git diff --stat``, ``rusta
golden check``) before it is committed: the sessions are what users were promised.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BROKEN = HERE.parents[1] / "examples" / "broken"
SESSIONS = {
    "moved_value": "a value is used after it moved",
    "private_field": "a private field is read through its getter",
    "two_phases": "errors that show only when a syntax error is gone",
    "failing_tests": "the tests decide among many changes",
    "misleading_suggestion": "what the compiler suggests is not what mends it",
    "unknown_crate": "a dependency that is not there: nothing is offered",
}


def make(name: str, kept_for: str) -> None:
    """Run one episode in a folder of its own and keep its whole log."""
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        target = Path(folder) / name
        shutil.copytree(BROKEN / name, target)
        environment = {**os.environ, "RUSTA_HOME": str(Path(folder) / "home"), "RUSTA_PLUGINS": "cargo,docs"}
        rusta = [sys.executable, "-m", "rusta_conductor"]
        done = subprocess.run(
            [*rusta, "repair", str(target), "--seed", "1", "--json"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 10):
            raise SystemExit(f"{name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        episodes = subprocess.run(
            [*rusta, "episodes", "--json"], env=environment, capture_output=True, text=True, check=True
        )
        episode = json.loads(episodes.stdout.splitlines()[0])["id"]
        output = HERE / f"{name}.json"
        subprocess.run(
            [*rusta, "golden", "add", episode, "--name", kept_for, "-o", str(output), "--force"],
            env=environment,
            check=True,
        )


if __name__ == "__main__":
    for session in sys.argv[1:] or SESSIONS:
        make(session, SESSIONS[session])
