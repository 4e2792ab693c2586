"""How good hints are: a 4-bit readout on a virtual device against a logistic regression in float, same features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from rusta_akida.devices.manager import virtual_device
from rusta_akida.diagnostics.collecting import Message, NothingToLearn
from rusta_akida.diagnostics.features import features
from rusta_akida.diagnostics.hints import DiagnosticHints, one_hot
from rusta_akida.diagnostics.logistic import LogisticRegression

SHARE = 0.25


@dataclass(frozen=True)
class HintFigures:
    """Shares of messages whose class was told, of ``fresh`` ones after learning from ``known``.

    Attributes:
        readout: of the quantised readout, asked on a virtual device. logistic: of a logistic regression in float.
        commonest: of always saying ``common``. mismatches: answers of the device that differ from the reference.
    """

    what: str
    known: int
    fresh: int
    readout: float
    logistic: float
    commonest: float
    common: str
    mismatches: int

    @property
    def noise(self) -> float:
        """One standard error of the difference of two such shares: figures this near are the same."""
        return float(np.sqrt(2 * self.logistic * (1 - self.logistic) / self.fresh))


def fresh_program(message: Message) -> bool:
    """Whether a message belongs to the test part by the hash of its program alone."""
    return _quarter(message.source)


def fresh_code(message: Message) -> bool:
    """Whether a message belongs to the test part by the hash of its error code; without one, of its text."""
    return _quarter(sha256((message.code or message.text).encode()).hexdigest())


def judge_hints(messages: Sequence[Message], aside: Callable[[Message], bool], what: str) -> HintFigures:
    """Learn from the messages that are not put ``aside``, and count on those of known classes that are."""
    known = [message for message in messages if not aside(message)]
    hints = DiagnosticHints.train(known)
    labels = hints.readout.labels
    fresh = [message for message in messages if aside(message) and message.category in labels]
    if not fresh:
        raise NothingToLearn(f"none of {len(messages)} messages is left to measure on; collect more")
    true, texts = [message.category for message in fresh], [message.text for message in fresh]
    program = hints.program()
    with virtual_device() as device:
        device.program_external(program.program_info, program.program_data)
        ours = hints.classes_on(device, texts)
    plain = LogisticRegression(
        features([message.text for message in known]), one_hot([message.category for message in known], labels)
    )
    theirs = [labels[k] for k in plain.classes(features(texts))]
    common = max(sorted(set(labels)), key=lambda label: sum(message.category == label for message in known))
    wrong = sum(a != b for a, b in zip(ours, hints.classes(texts), strict=True))
    right, other = (float(np.mean([a == b for a, b in zip(said, true, strict=True)])) for said in (ours, theirs))
    return HintFigures(what, len(known), len(fresh), right, other, true.count(common) / len(true), common, wrong)


def _quarter(digest: str) -> bool:
    return int(digest[:8], 16) < int(SHARE * 2**32)
