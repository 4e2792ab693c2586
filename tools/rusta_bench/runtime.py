"""The runtime against bare loops: what the conductor, the sandbox and the log cost.

* conductor: the same checks of the same changing crate, through ``Episode.call`` (sandbox, gates and durable log
  included) and through a bare loop that writes the file and runs cargo;
* log: appends against sqlite3 in WAL mode with synchronous=FULL, and against append + fdatasync;
* probe: wall time of one check after an edit of a 3,000-line crate;
* explain: wall time of a cold ``rusta explain`` on that crate.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from rusta_bench.samples import source, write_sample
from rusta_bench.table import Row
from rusta_cargo.toolchain import find_toolchain
from rusta_conductor.episode import Episode
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import Session, start
from rusta_devlog import bench as devlog_bench
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.edits import diff_edits

LINES = 3000


def run(*, quick: bool = False) -> list[Row]:
    """All comparisons of this benchmark."""
    with tempfile.TemporaryDirectory(prefix="rusta-bench-") as folder:
        place = Path(folder)
        return [
            *_conductor(place, 4 if quick else 15),
            *_log(place, 200 if quick else 2000),
            *_explain(place, 3 if quick else 7),
        ]


def _conductor(place: Path, rounds: int) -> list[Row]:
    tree = write_sample(place / "conducted", LINES)
    bare = write_sample(place / "bare", LINES)
    home = Home(place / "home")
    goal: JsonObject = {"path": str(tree)}
    ours: list[float] = []
    theirs: list[float] = []
    with start(PluginHost.from_environment(), home, "repair", goal, seed=1, budget={"probes": 10_000}) as session:
        for variant in range(rounds + 2):
            text = source(LINES, variant + 1, broken=bool(variant % 2))
            a, b = _ours(session, tree, text), _bare(bare, text, place / "target")
            if variant >= 2:  # the first two warm both target folders
                ours.append(a)
                theirs.append(b)
    overhead = median(a / b for a, b in zip(ours, theirs, strict=True)) - 1
    detail = f"{median(ours) * 1e3:.0f} ms against {median(theirs) * 1e3:.0f} ms, {rounds} rounds"
    probe = median(ours)
    over = overhead * 100
    return [
        Row("conductor, sandbox and log", "bare cargo loop", over, "% over", "≤ 5 %", over <= 5, detail),
        Row("probe cycle, 3,000 lines", "", probe, "s p50", "≤ 1.5 s", probe <= 1.5),
    ]


def _ours(session: Session, tree: Path, text: str) -> float:
    episode: Episode = session.episode
    edits = diff_edits("src/lib.rs", (tree / "src/lib.rs").read_bytes(), text.encode())
    action = Action(verb="cargo_check", args={"edits": [to_json(edit) for edit in edits]})
    began = time.perf_counter()
    observation = episode.call(action)
    seconds = time.perf_counter() - began
    assert observation.ok, observation.summary
    return seconds


def _bare(tree: Path, text: str, target: Path) -> float:
    toolchain = find_toolchain(tree)
    command = [
        str(toolchain.tool("cargo")),
        "check",
        "--offline",
        "--all-targets",
        "--message-format=json",
    ]
    folder = str(toolchain.tool("cargo").parent)
    environment = {
        **os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "1",
        "PATH": f"{folder}:{os.environ['PATH']}",
    }  # fmt: skip
    began = time.perf_counter()
    (tree / "src/lib.rs").write_text(text, "utf-8")
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    assert done.stdout, done.stderr
    return seconds


def _log(place: Path, events: int) -> list[Row]:
    figures = devlog_bench.run(events, place)
    rates = figures["appends_per_second"]
    detail = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items())
    sqlite, plain = figures["vs_sqlite"], figures["vs_fdatasync"]
    return [
        Row(
            "log appends, one durable event each",
            "sqlite3 WAL FULL",
            sqlite,
            "×",
            "≥ 1 ×",
            sqlite >= 1,
            detail,
        ),
        Row("log appends, one durable event each", "append + fdatasync", plain, "×", "", None),
    ]


def _explain(place: Path, rounds: int) -> list[Row]:
    tree = write_sample(place / "explained", LINES)
    rusta = Path(sys.executable).with_name("rusta")
    environment = {**os.environ, "RUSTA_HOME": str(place / "explain-home")}
    seconds: list[float] = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        done = subprocess.run([rusta, "explain", str(tree)], env=environment, capture_output=True, check=False)
        seconds.append(time.perf_counter() - began)
        assert b"E0308" in done.stdout, done.stderr.decode()
    first, rest = seconds[0], median(seconds[1:])
    detail = f"the very first {first:.2f} s"
    return [Row("rusta explain, cold process", "", rest, "s p50", "≤ 2.0 s", rest <= 2.0, detail)]
