"""The stages of training, and the examples each learns from: made once, kept in a file, drawn by a seed.

S0 learns bytes alone. S1 adds anchored comprehension: which passage of a page stands under a title. S2 adds work with
tools: code with a mistake and without, and the actions of logged episodes. What is made depends on the corpus, the logs
and the seed; a run reads it back from its own folder, so that a log that has grown since does not change it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from rusta_datasets import Corpus, questions, triplets
from rusta_hecate.errors import FileDamaged, TrainingError
from rusta_hecate.heads.labels import Example, of_episode, of_question, of_triplet, verbs_of
from rusta_hecate.training.settings import STAGES

FILE = "examples.jsonl"
FALLBACK_TOOL = "cargo_check"
CHOICES = 4
"""Passages that are offered to a question."""
PER_DOCUMENT = 4
MOST = {"train": 4000, "heldout": 400}
"""Examples of each recipe, by the side of the corpus they are made from."""
_LONGEST_DOCUMENT = 200_000

Log = Sequence[Mapping[str, Any]]
"""The entries of one episode."""


@dataclass(frozen=True)
class Examples:
    """tools: what the action head chooses from. train, heldout: what is learned, and what is measured."""

    tools: tuple[str, ...]
    train: tuple[Example, ...]
    heldout: tuple[Example, ...]

    def draw(self, count: int, seed: int, step: int) -> list[Example]:
        """``count`` training examples; a function of the seed and the step, so that a resumed run draws the same."""
        random = np.random.Generator(np.random.PCG64([seed, step]))
        return [self.train[int(i)] for i in random.integers(len(self.train), size=count)]

    def digest(self) -> str:
        """One SHA-256 over all of it."""
        return hashlib.sha256("".join(_lines(self)).encode()).hexdigest()


def make(corpus: Corpus, logs: Iterable[Log], stage: str, seed: int) -> Examples:
    """The examples of a stage.

    :raises TrainingError: if the texts give none to learn from.
    """
    episodes = [list(log) for log in logs] if stage == STAGES[2] else []
    tools = tuple(sorted({FALLBACK_TOOL, *(verb for log in episodes for verb in verbs_of(log))}))
    sides = {side: tuple(_side(corpus, side, stage, tools, seed)) for side in MOST}
    for log in episodes:
        mine = of_episode(log, tools)
        side = "heldout" if _held_out(mine) else "train"
        sides[side] += tuple(mine)
    if not sides["train"]:
        raise TrainingError(
            f"{corpus.folder}: no titled passages and no code that the recipes know, so stage {stage} has nothing to "
            "learn from; use a corpus of documentation (rusta corpus build)"
        )
    return Examples(tools, sides["train"], sides["heldout"])


def save(examples: Examples, path: Path) -> None:
    """One line of JSON for the tools, then one for each example."""
    path.write_text("".join(_lines(examples)), "utf-8")


def load(path: Path, digest: str) -> Examples:
    """Back from :func:`save`.

    :raises FileDamaged: if the file is not the one that ``digest`` was taken of.
    """
    try:
        rows = path.read_bytes().splitlines(keepends=True)
    except OSError as wrong:
        raise FileDamaged(f"{path}: {wrong.strerror or wrong}; the run cannot go on without its examples") from None
    if hashlib.sha256(b"".join(rows)).hexdigest() != digest:
        raise FileDamaged(f"{path}: not the examples that this run began with; start a new run")
    sides: dict[str, list[Example]] = {side: [] for side in MOST}
    for row in rows[1:]:
        fields = json.loads(row)
        sides[fields.pop("side")].append(_example(fields))
    return Examples(tuple(json.loads(rows[0])["tools"]), tuple(sides["train"]), tuple(sides["heldout"]))


def _side(corpus: Corpus, side: str, stage: str, tools: Sequence[str], seed: int) -> Iterator[Example]:
    yield from islice(_questions(corpus, side, seed), MOST[side])
    if stage == STAGES[2]:
        yield from islice(_triplets(corpus, side, tools, seed), MOST[side])


def _documents(corpus: Corpus, side: str, seed: int) -> Iterator[tuple[str, bytes, int]]:
    """(path, text, a seed of its own) in an order that the seed decides; very long documents are passed over."""
    random = np.random.Generator(np.random.PCG64(seed))
    entries = corpus.entries(side)
    for i in random.permutation(len(entries)):
        entry = entries[int(i)]
        if entry.length <= _LONGEST_DOCUMENT:
            yield entry.path, corpus.document(entry), int(entry.sha256[:8], 16) ^ seed


def _questions(corpus: Corpus, side: str, seed: int) -> Iterator[Example]:
    for path, text, own in _documents(corpus, side, seed):
        for question in islice(questions(path, text, CHOICES, own), PER_DOCUMENT):
            yield of_question(question, text)


def _triplets(corpus: Corpus, side: str, tools: Sequence[str], seed: int) -> Iterator[Example]:
    for _, text, own in _documents(corpus, side, seed):
        for triplet in triplets(text, PER_DOCUMENT, own):
            yield from of_triplet(triplet, tools)


def _held_out(examples: Sequence[Example]) -> bool:
    """Whole episodes are kept for measuring, one of five, decided by what they did."""
    said = b"".join(example.text for example in examples)
    return hashlib.sha256(said).digest()[0] < 51


def _lines(examples: Examples) -> Iterator[str]:
    yield json.dumps({"tools": examples.tools}) + "\n"
    for side in MOST:
        for example in getattr(examples, side):
            fields = asdict(example)
            fields["text"] = example.text.decode("latin-1")
            fields["passages"] = [passage.decode("latin-1") for passage in example.passages]
            yield json.dumps({"side": side, **fields}) + "\n"


def _example(fields: dict[str, Any]) -> Example:
    return Example(**{
        **fields,
        "text": fields["text"].encode("latin-1"),
        "passages": tuple(passage.encode("latin-1") for passage in fields["passages"]),
        "kinds": None if fields["kinds"] is None else tuple(fields["kinds"]),
    })  # fmt: skip
