"""Bits per byte on held-out documents: the shipped model against PPMd of order 12 and zpaq -m5, on the same bytes.

All read the same training documents first (those that the corpus does not weigh down), then the same sample: the first
8 KiB of every third held-out document. zpaq cannot read on; it compresses the training documents alone and with the
sample behind them, and the difference counts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rusta_bench import peers
from rusta_bench.table import Row
from rusta_conductor.home import Home
from rusta_datasets import Corpus
from rusta_hecate import mixed_bits, shipped

FIRST, EVERY, MATTERS = 8192, 3, 0.5
PPMD = """
import sys, pyppmd
primer, sample = (open(path, "rb").read() for path in sys.argv[1:3])
encoder = pyppmd.Ppmd7Encoder(12, 1 << 30)
encoder.encode(primer)
print(8 * len(encoder.encode(sample) + encoder.flush()) / len(sample))
"""


def run(*, quick: bool = False) -> list[Row]:
    """The network alone, and with the predictor, cold and primed. ``quick``: an eighth of the training documents."""
    corpus = _corpus()
    weights = corpus.weights()
    told = [entry for entry in corpus.entries("train") if weights.get(entry.source, 1.0) >= MATTERS]
    primer = [corpus.document(entry) for entry in told[:: 8 if quick else 1]]
    texts = [corpus.document(entry)[:FIRST] for entry in corpus.entries("heldout")[::EVERY]]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as other:
        before, after = Path(folder, "primer"), Path(folder, "sample")
        before.write_bytes(b"".join(primer))
        after.write_bytes(b"".join(texts))
        rivals = other.submit(lambda: (_ppmd(before, after), _zpaq(before, after)))
        cold, primed = mixed_bits(shipped(), texts), mixed_bits(shipped(), texts, primer)
        ppmd, zpaq = rivals.result()
    assert cold.mixed is not None
    assert primed.mixed is not None
    size = sum(map(len, primer))
    detail = (
        f"{cold.bytes} bytes of {cold.documents} held-out documents; primed with {size} bytes of training documents"
    )
    told_zpaq = f"zpaq -m5 primed {zpaq:.4f}" if zpaq is not None else "zpaq is not installed (`apt install zpaq`)"
    peer = f"PPMd o12 primed {ppmd:.4f}; {told_zpaq}"
    rows = [
        Row("bits per byte: the network alone", peer, cold.network, "bits", "", None, detail),
        Row("bits per byte: network and predictor, cold", peer, cold.mixed, "bits", "", None, detail),
        Row(
            "bits per byte: network and predictor, primed", f"PPMd o12 primed, {ppmd:.4f}", primed.mixed, "bits",
            "below PPMd", primed.mixed < ppmd, detail,
        ),
    ]  # fmt: skip
    if zpaq is not None:
        what = "bits per byte: network and predictor, primed"
        peer = f"zpaq -m5 primed, {zpaq:.4f}"
        rows.append(Row(what, peer, primed.mixed, "bits", "aim: below zpaq", primed.mixed < zpaq, detail))
    return rows


def _corpus() -> Corpus:
    """The state folder's corpus; else one of its own, built from the installed documentation."""
    at_home = Home.find().path / "corpus"
    if (at_home / "ledger.yaml").exists():
        return Corpus(at_home)
    home = peers.ROOT / "build" / "bench" / "hecate" / "home"
    if not (home / "corpus" / "ledger.yaml").exists():
        print("building the corpus from the installed documentation …", flush=True)
        command = [sys.executable, "-m", "rusta_conductor", "--home", str(home), "corpus", "build"]
        subprocess.run(command, check=True)
    return Corpus(home / "corpus")


def _ppmd(primer: Path, sample: Path) -> float:
    python = peers.environment("hecate", ("pyppmd",))
    command = [str(python), "-c", PPMD, str(primer), str(sample)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _zpaq(primer: Path, sample: Path) -> float | None:
    """None where zpaq is not there and cannot be had."""
    if shutil.which("zpaq") is None and os.geteuid() == 0 and shutil.which("apt-get") is not None:
        subprocess.run(["apt-get", "install", "--yes", "zpaq"], check=False, capture_output=True)
    zpaq = shutil.which("zpaq")
    if zpaq is None:
        return None
    sizes = []
    for name, data in (("a", primer.read_bytes()), ("b", primer.read_bytes() + sample.read_bytes())):
        folder = primer.with_name(name)
        folder.mkdir()
        (folder / "text").write_bytes(data)
        subprocess.run([zpaq, "add", "all.zpaq", "text", "-m5", "-t1"], cwd=folder, check=True, capture_output=True)
        sizes.append((folder / "all.zpaq").stat().st_size)
    return 8 * (sizes[1] - sizes[0]) / sample.stat().st_size
