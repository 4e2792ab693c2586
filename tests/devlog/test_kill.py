"""A real process, really killed with SIGKILL at random moments: what it was told is durable is in the log."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from rusta_devlog import DevLog, DevLogReader, verify

KILLS = 25

WRITER = """
import sys
from rusta_devlog import DevLog
log = DevLog.open(sys.argv[1], segment_bytes=20_000)
start = log.head.seq
print("open", start, flush=True)
while True:
    group = [{"kind": "note", "data": {"n": n, "x": "x" * (n % 700)}} for n in range(log.head.seq % 3 + 1)]
    for receipt in log.append_group(group):
        print("acknowledged", receipt.seq, receipt.sha256, flush=True)
    if log.head.seq % 5 == 0:
        print("blob", log.put_blob(b"blob" * log.head.seq), flush=True)
"""


def one_life(folder: Path, lines: int) -> list[list[str]]:
    """Start a writer and kill it after so many lines of its; gives all it said."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    said: list[str] = []
    with child:
        # Killed from another thread while we go on reading, so that it dies in the middle of something.
        for line in child.stdout:
            said.append(line)
            if len(said) == lines:
                threading.Thread(target=child.send_signal, args=(signal.SIGKILL,)).start()
    assert child.returncode == -signal.SIGKILL
    return [line.split() for line in said if line.endswith("\n")]


def test_kill_nine(tmp_path):
    folder = tmp_path / "log"
    DevLog.create(folder, "ep-1").close()
    chance = random.Random(20240101)
    acknowledged: dict[int, str] = {}
    blobs: list[str] = []
    for _ in range(KILLS):
        said = one_life(folder, chance.randrange(1, 120))
        assert said[0][0] == "open"
        assert int(said[0][1]) >= len(acknowledged)
        for word, *rest in said[1:]:
            if word == "acknowledged":
                acknowledged[int(rest[0])] = rest[1]
            else:
                blobs.append(rest[0])
        reader = DevLogReader(folder)
        found = {item.seq: item.sha256 for item in reader}
        assert acknowledged.items() <= found.items()
        for sha256 in blobs:
            reader.get_blob(sha256)
    assert len(acknowledged) > KILLS * 5
    assert len(list(folder.glob("*.seg"))) > 2
    with DevLog.open(folder) as log:
        log.append({"kind": "closed"})
    assert verify(folder).ok
