"""Small corpora and models that the tests of the byte model share."""

from __future__ import annotations

import random
from pathlib import Path

from rusta_datasets import Corpus, document, write_corpus
from rusta_hecate.model.config import ModelConfig
from rusta_hecate.training.settings import TrainSettings

SMALL = ModelConfig(width=32, layers=2, heads=2, window=16, hidden=64, ngrams=(2, 3), buckets=64)


def small_corpus(folder: Path, documents: int = 80) -> Corpus:
    """Short texts with much to learn in them; the same on every call."""
    draw = random.Random(1)
    texts = (
        "".join(f"let value_{draw.randrange(9)} = make({draw.randrange(99)});\n" for _ in range(20)).encode()
        for _ in range(documents)
    )
    return write_corpus(folder, [document("book", f"d{i}", "MIT", text) for i, text in enumerate(texts)])


def quick(**changes: object) -> TrainSettings:
    """Settings of a run of a few steps."""
    values: dict[str, object] = {"steps": 12, "rows": 2, "length": 48, "warmup": 2, "bf16": False, **changes}
    return TrainSettings(**values)  # type: ignore[arg-type]


def staged_corpus(folder: Path, pages: int = 90) -> Corpus:
    """Pages with titled passages, and Rust code in which the recipes find places for mistakes."""
    draw = random.Random(2)
    made = []
    for i in range(pages):
        titles = draw.sample(["Borrowing", "Lifetimes", "Closures", "Traits here", "Iterators", "Slices"], 5)
        page = "".join(f"{t}\n`{t.lower()}` is explained in this passage, number {i} of them.\n" for t in titles)
        made.append(document("book", f"page{i}", "MIT", page.encode()))
        code = f"use std::fmt;\n\npub fn f{i}(n: usize) -> usize {{\n    let mut a = n + {i};\n    let b = a;\n    a + b\n}}\n\n"
        made.append(document("library", f"code{i}.rs", "MIT", code.encode()))
    return write_corpus(folder, made)
