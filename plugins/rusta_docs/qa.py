"""Measures how well a search finds the passage that a question is about.

    python -m rusta_docs.qa --sample 600 --seed 1

Questions are made from the documentation itself: from a passage's headings ("How does … work?") and from the first
sentence that defines something, with a share of its words left out. A sentence that several passages share, but for
numbers and names of integer types, is asked together with its document's title: nobody could know otherwise which is
meant. Headings that many passages have ("Examples") are not asked for. The expected answer is the passage that the
question was made from, one with the same text, or one of the same document with the same headings (the same method for
another integer type).

Exit codes: 0 the gate holds; 1 it does not; 2 there is no index.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rusta_conductor.errors import RustaError
from rusta_conductor.home import Home
from rusta_docs.library import Library
from rusta_docs.models import Passage
from rusta_docs.search import words_of
from rusta_docs.store import DocStore, Stored
from rusta_docs.toolchains import library_for

GATE = 0.90
_HEADINGS = (
    "What is {0}?",
    "{0}",
    "How does {0} work?",
    "Where do the docs speak of {0}?",
    "explain {0} in {1}",
    "{1}: {0}",
)
_DROPPED = 0.3
_DEFINES = re.compile(r"\b(?:is|are|means|returns|creates|allows|can be|must|was|has|have|does|lets|checks)\b", re.I)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SHORTEST, _LONGEST = 6, 40
# So many words that are searched for have to be left of a sentence.
_TELLING = 4
_NUMBERS = re.compile(r"\b(?:[iuf](?:8|16|32|64|128|size)|\d+)\b")


@dataclass(frozen=True)
class Question:
    """A question, the way it was made, and the passage it was made from."""

    text: str
    kind: str
    expected: Stored


@dataclass(frozen=True)
class Score:
    """How many questions were asked, and for how many the passage came first or among the first three."""

    asked: int
    first: int
    three: int


def questions(store: DocStore, sample: int, seed: int) -> list[Question]:
    """A seeded sample of questions, at most one of each way from one passage."""
    passages = store.passages("p.searched AND length(p.text) > 80 ORDER BY d.path, p.start")
    common = Counter(" ".join(words_of(_title(p))) for p in passages)
    shared = Counter(_masked(sentence) for p in passages if (sentence := _definition(p)))
    rng = random.Random(seed)
    rng.shuffle(passages)
    made: list[Question] = []
    for passage in passages:
        if len(made) >= sample:
            break
        kinds = [
            question for question in (_by_heading(passage, common, rng), _by_sentence(passage, shared, rng)) if question
        ]
        if kinds:
            made.append(kinds[len(made) % len(kinds)])
    return made


def _title(passage: Stored) -> str:
    return passage.headings[-1] if passage.headings else ""


def _by_heading(passage: Stored, common: Counter[str], rng: random.Random) -> Question | None:
    """From the heading, together with the heading above where it is not the only one of its name."""
    words = " ".join(words_of(_title(passage)))
    above = passage.headings[-2] if len(passage.headings) > 1 else ""
    if not words:
        return None
    if common[words] > 1:
        if not above or common[words] > 20:
            return None
        form = rng.choice(_HEADINGS[4:])
    else:
        form = rng.choice(_HEADINGS[:4] if not above else _HEADINGS)
    return Question(form.format(_title(passage), above), "heading", passage)


def _by_sentence(passage: Stored, shared: Counter[str], rng: random.Random) -> Question | None:
    """From the first sentence that defines something, in lower case and with some of its words left out."""
    sentence = _definition(passage)
    words = re.findall(r"[\w']+", sentence)
    kept = [word.lower() for word in words if rng.random() >= _DROPPED]
    if len(words_of(" ".join(kept))) < _TELLING:
        return None
    text = " ".join(kept)
    if shared[_masked(sentence)] > 1:
        text = f"{passage.headings[0]} {text}"
    return Question(text, "sentence", passage)


def _definition(passage: Stored) -> str:
    """The first sentence that defines something; empty when none does."""
    for paragraph in passage.text.split("\n\n"):
        if paragraph.startswith(("    ", "*")) or paragraph in passage.headings:
            continue
        sentence = _SENTENCE.split(paragraph)[0]
        words = re.findall(r"[\w']+", sentence)
        if _SHORTEST <= len(words) <= _LONGEST and _DEFINES.search(sentence):
            return sentence
    return ""


def _masked(sentence: str) -> str:
    return _NUMBERS.sub("#", sentence)


def _same(passage: Passage, expected: Stored) -> bool:
    if passage.anchor.id == expected.anchor or passage.text == expected.text:
        return True
    return (passage.anchor.path, passage.headings) == (expected.path, expected.headings)


def measure(library: Library, asked: Iterable[Question]) -> tuple[dict[str, Score], list[Question], list[float]]:
    """Ask all questions.

    Returns:
        The scores by kind, by collection (``in NAME``) and of all; the questions that failed; seconds a search.
    """
    results: dict[str, list[int]] = defaultdict(list)
    failed, seconds = [], []
    for question in asked:
        began = time.perf_counter()
        hits = library.search(question.text, limit=3)
        seconds.append(time.perf_counter() - began)
        same = [_same(hit.passage, question.expected) for hit in hits]
        rank = same.index(True) if True in same else 3
        for name in ("all", question.kind, f"in {question.expected.collection}"):
            results[name].append(rank)
        if rank == 3:
            failed.append(question)
    scores = {
        name: Score(len(ranks), sum(r == 0 for r in ranks), sum(r < 3 for r in ranks))
        for name, ranks in sorted(results.items())
    }
    return scores, failed, seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; see the module's own words."""
    parser = argparse.ArgumentParser(prog="python -m rusta_docs.qa", description="Measure the search of the docs.")
    parser.add_argument("--sample", type=int, default=500, help="how many questions (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="which questions (default 1)")
    parser.add_argument("--failed", type=int, default=0, metavar="N", help="show N questions that failed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    try:
        with library_for(Path.cwd(), Home.find().path) as library:
            made = questions(library.store, given.sample, given.seed)
            scores, failed, seconds = measure(library, made)
    except RustaError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    seconds.sort()
    share = scores["all"].three / scores["all"].asked if made else 0.0
    _tell(scores, failed[: given.failed], seconds, given)
    return 0 if share >= GATE else 1


def _tell(
    scores: dict[str, Score],
    failed: list[Question],
    seconds: list[float],
    given: argparse.Namespace,
) -> None:
    half = seconds[len(seconds) // 2] * 1000 if seconds else 0.0
    most = seconds[int(len(seconds) * 0.95)] * 1000 if seconds else 0.0
    if given.json:
        shares = {
            n: {"asked": s.asked, "top1": s.first / s.asked, "top3": s.three / s.asked} for n, s in scores.items()
        }
        report = {
            "seed": given.seed,
            "scores": shares,
            "search_ms_p50": half,
            "search_ms_p95": most,
            "gate": GATE,
        }
        sys.stdout.write(json.dumps(report) + "\n")
        return
    sys.stdout.write(f"{'':24}{'asked':>8}{'top 1':>9}{'top 3':>9}\n")
    for name, score in scores.items():
        first, three = score.first / score.asked, score.three / score.asked
        sys.stdout.write(f"{name:24}{score.asked:8}{first:9.1%}{three:9.1%}\n")
    sys.stdout.write(
        f"seed {given.seed}; a search takes {half:.0f} ms (p50), {most:.0f} ms (p95); gate {GATE:.0%} top 3\n"
    )
    for question in failed:
        sys.stdout.write(
            f"failed: {question.text!r}\n    expected {question.expected.path}#{question.expected.fragment}\n"
        )


if __name__ == "__main__":
    sys.exit(main())
