"""Classes of compiler messages: a 4-bit readout on a virtual device against a logistic regression on the same features.

The messages come from this toolchain's documentation and are kept in build/bench/akida; the split into learning and
testing is by the hash of each program.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256

import numpy as np

from rusta_akida import DiagnosticHints, collect_messages, virtual_device
from rusta_akida.diagnostics.collecting import Message
from rusta_akida.diagnostics.features import features
from rusta_akida.diagnostics.hints import held_out, one_hot
from rusta_bench.akida.logistic import LogisticRegression
from rusta_bench.peers import ROOT
from rusta_bench.table import Row
from rusta_cargo import Toolchain, find_toolchain


def rows(quick: bool) -> list[Row]:
    """Accuracy on fresh programs, and on error codes that were never learnt."""
    toolchain = find_toolchain(ROOT)
    messages = _messages(toolchain, 250 if quick else None)
    return [
        _compare(messages, held_out, "fresh programs"),
        _compare(messages, _code_held_out, "error codes never seen"),
    ]


def _messages(toolchain: Toolchain, most: int | None) -> list[Message]:
    name = f"messages-{toolchain.identity[:12]}-{most or 'all'}.json"
    path = ROOT / "build" / "bench" / "akida" / name
    if not path.exists():
        print("compiling the documentation's broken examples; takes minutes, once …", flush=True)
        found = collect_messages(toolchain, most=most)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(message) for message in found]), "utf-8")
    return [Message(**entry) for entry in json.loads(path.read_text("utf-8"))]


def _code_held_out(message: Message) -> bool:
    return int(sha256((message.code or message.text).encode()).hexdigest()[:8], 16) < 2**30


def _compare(messages: list[Message], aside: Callable[[Message], bool], what: str) -> Row:
    known = [message for message in messages if not aside(message)]
    hints = DiagnosticHints.train(known)
    labels = hints.readout.labels
    fresh = [message for message in messages if aside(message) and message.category in labels]
    true = [message.category for message in fresh]
    texts = [message.text for message in fresh]
    with virtual_device() as device:
        program = hints.program()
        device.program_external(program.program_info, program.program_data)
        ours = hints.classes_on(device, texts)
    assert ours == hints.classes(texts), "the device answers something else than the reference"
    plain = LogisticRegression(
        features([message.text for message in known]), one_hot([message.category for message in known], labels)
    )
    theirs = [labels[k] for k in plain.classes(features(texts))]
    right, other = (float(np.mean([a == b for a, b in zip(said, true, strict=True)])) for said in (ours, theirs))
    common = max(set(true), key=true.count)
    counts = f"{len(known)} known, {len(true)} fresh"
    detail = f"logistic {other:.1%}, always '{common}' {true.count(common) / len(true):.1%}; {counts}"
    peer = "logistic regression, float, same features"
    # Two figures from so few messages differ by chance: one standard error of their difference is granted.
    noise = float(np.sqrt(2 * other * (1 - other) / len(true)))
    return Row(f"class of a message, int4 on the device, {what}", peer, right, "accuracy", "≥ peer ± noise",
               right >= other - noise, detail)  # fmt: skip
