"""Corpora with provenance: what a model is trained on, and under which licence.

A corpus is a folder with two files of bytes (training, held out) and a ledger::

    corpus = build_from_docs(html, folder, toolchain)     # text of the installed documentation; refuses what it must
    sampler = MixtureSampler(corpus, length=512, seed=1)
    inputs, targets = sampler.batch(16)                   # (16, 512) each

Importing this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rusta_conductor.lazy import lazy_names

if TYPE_CHECKING:
    from rusta_datasets.corpus import Corpus, build_from_docs, write_corpus
    from rusta_datasets.documents import Document, Source, catalogue, distinct, document, permitted, read_source
    from rusta_datasets.errors import CorpusDamaged, DatasetError, LicenceRefused, SourceMissing
    from rusta_datasets.ledger import Entry, Ledger, read_ledger
    from rusta_datasets.licences import judge, require
    from rusta_datasets.recipes import Question, Triplet, questions, triplets
    from rusta_datasets.sampler import IGNORED, START, MixtureSampler

_HOMES = {
    "Corpus": "corpus",
    "CorpusDamaged": "errors",
    "DatasetError": "errors",
    "Document": "documents",
    "Entry": "ledger",
    "IGNORED": "sampler",
    "Ledger": "ledger",
    "LicenceRefused": "errors",
    "MixtureSampler": "sampler",
    "Question": "recipes",
    "START": "sampler",
    "Source": "documents",
    "SourceMissing": "errors",
    "Triplet": "recipes",
    "build_from_docs": "corpus",
    "catalogue": "documents",
    "distinct": "documents",
    "document": "documents",
    "judge": "licences",
    "permitted": "documents",
    "questions": "recipes",
    "read_ledger": "ledger",
    "read_source": "documents",
    "require": "licences",
    "triplets": "recipes",
    "write_corpus": "corpus",
}

__all__ = [
    "IGNORED",
    "START",
    "Corpus",
    "CorpusDamaged",
    "DatasetError",
    "Document",
    "Entry",
    "Ledger",
    "LicenceRefused",
    "MixtureSampler",
    "Question",
    "Source",
    "SourceMissing",
    "Triplet",
    "build_from_docs",
    "catalogue",
    "distinct",
    "document",
    "judge",
    "permitted",
    "questions",
    "read_ledger",
    "read_source",
    "require",
    "triplets",
    "write_corpus",
]

__getattr__ = lazy_names(__name__, _HOMES)
