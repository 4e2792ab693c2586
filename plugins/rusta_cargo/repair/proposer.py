"""The protocol of proposers: what a source of repair candidates is given, and what it gives back.

A proposer is a function from a :class:`Situation` (one state of the tree, with the errors the compiler reports there)
to candidates. It is declared with a ``ProposerSpec`` of the domain ``repair`` and may live in any distribution::

    from rusta_cargo.repair import Candidate, Replacement, Situation

    def semicolons(situation: Situation) -> Iterator[Candidate]:
        for index, error in enumerate(situation.diagnostics):
            place = error.primary
            if place is not None and error.message.startswith("expected `;`"):
                yield Candidate(
                    title="add the missing semicolon",
                    replacements=(Replacement(path=place.path, start=place.start, end=place.start, text=";"),),
                    prior=0.6,
                    diagnostic=index,
                )

The rules:

* It is called once for every tree the search looks into, and must be deterministic: the same situation, the same
  candidates in the same order. It asks nobody but the situation: no files, no clock, no randomness, no set iteration.
* Spans are bytes of the *current* text, ``situation.source(path)``, not of the user's original.
* It need not be right. Every candidate is compiled and tested before anybody sees it; a wrong one costs a probe. Give a
  ``prior`` that says how often such a candidate is right, so that the better ones are tried first.
* What it raises is noted, and it is left out for the rest of the episode. A candidate whose spans do not fit is
  dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace

from tree_sitter import Tree

from rusta_cargo.repair.project import Project
from rusta_cargo.repair.syntax import parse
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Diagnostic, Replacement
from rusta_schemas.observation import Observation

# What a stub does at run time is to panic: such candidates wait until nothing else is left.
STUB = "leaves a stub that panics when it is reached"
# What makes it compile also says what the program does, and that stands nowhere.
GUESS = "guesses what the program should do there"
# The code or the test is out of date, and nobody says which.
RETELLS = "changes a test that does not compile"


@dataclass(frozen=True)
class Candidate:
    """A change that might mend something.

    title: what it does, in the imperative, one line for a person.
    replacements: byte spans of the current tree and what to put there; all of them or none.
    prior: how likely it is right, in (0, 1].
    proposer: filled in by the search.
    diagnostic: index in ``situation.diagnostics`` of the error it answers; None when it answers several.
    risk: what a reviewer should know, in words. ``STUB`` among them puts the candidate last, ``GUESS`` halves the
        confidence, with ``RETELLS`` a patch is asked about.
    cites: error codes or documentation keys that justify it, such as ``E0308`` or ``reference:tokens.html#delimiters``.
    """

    title: str
    replacements: tuple[Replacement, ...]
    prior: float
    proposer: str = ""
    diagnostic: int | None = None
    risk: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()

    @property
    def deletes(self) -> bool:
        """It only takes text away."""
        return bool(self.replacements) and all(not item.text.strip() for item in self.replacements)

    @property
    def stub(self) -> bool:
        return STUB in self.risk


@dataclass(frozen=True)
class TestFailure:
    """A test that fails in this tree: its message, where it panicked, and the tail of what it printed."""

    __test__ = False  # not a test itself, whatever pytest thinks of the name

    name: str
    message: str = ""
    path: str | None = None
    line: int | None = None
    output: str = ""


@dataclass(frozen=True)
class Situation:
    """One state of the tree, as proposers see it.

    diagnostics: its errors, without repeats, in the order of their places. edition: of the package most errors are in.
    project: packages and targets. tests: failing tests, when the tree compiles; passing: the names of the others.
    files: the paths of everything in the tree, sorted; none where nobody listed them.
    read: the text of a file (recorded reads). probe: makes a call on this very tree (through the episode's door, at the
    cost of its budget). cache: shared by all proposers in all trees of the episode; use keys of your own.
    """

    diagnostics: tuple[Diagnostic, ...]
    read: Callable[[str], bytes]
    probe: Callable[[str, JsonObject], Observation]
    project: Project
    edition: str = "2021"
    tests: tuple[TestFailure, ...] = ()
    overrides: Mapping[str, bytes] = field(default_factory=dict)
    cache: MutableMapping[object, object] = field(default_factory=dict)
    passing: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def source(self, path: str) -> bytes:
        """The current text of ``path``.

        Raises:
            SourceUnavailable: the file is not in the tree, or is not readable text.
        """
        return self.read(path)

    def text(self, path: str, start: int, end: int) -> str:
        """The current text between two bytes, undecodable parts replaced."""
        return self.source(path)[start:end].decode("utf-8", "replace")

    def syntax(self, path: str) -> Tree:
        """The syntax tree of the current text of ``path``; broken text has error nodes."""
        return parse(self.source(path))

    def ask(self, action: Action) -> Observation:
        """Make a call on this tree. A tool that takes ``overrides`` is given the tree's own.

        Raises:
            BudgetExhausted: and other signals that end the episode's step; let them pass.
        """
        return self.probe(action.verb, action.args)


Proposer = Callable[[Situation], Iterable[Candidate]]


class SourceUnavailable(LookupError):  # tells a fact about a path
    """The text of a file cannot be had: it is not in the tree, or it is too large."""


def signed(candidate: Candidate, proposer: str) -> Candidate:
    """``candidate`` with the name of its proposer."""
    return replace(candidate, proposer=proposer)


__all__ = [
    "GUESS",
    "STUB",
    "Candidate",
    "Proposer",
    "Replacement",
    "Situation",
    "SourceUnavailable",
    "TestFailure",
    "signed",
]
