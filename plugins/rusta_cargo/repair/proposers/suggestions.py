"""Candidates from the compiler itself: every change that rustc suggests, alone and together.

Half of the errors that rustc's suggestions mend need one that is not marked as sure, so every applicability is tried;
what the compiler thinks of it becomes the prior.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code.nodes import node_at
from rusta_cargo.repair.proposer import STUB, Candidate, Situation
from rusta_schemas.diagnostic import Applicability, Diagnostic, Level, Replacement, Suggestion

PRIORS = {
    Applicability.MACHINE: 0.9,
    Applicability.MAYBE: 0.5,
    Applicability.UNSPECIFIED: 0.3,
    Applicability.PLACEHOLDERS: 0.1,
}
STUB_PRIOR = 0.02
# One repeated suggestion is confirmed by each error that makes it.
CONFIRMED = 0.05
SUREST = 0.97
# Wordings that are marked as sure and are right less often: (what the message says, prior). A conversion hides a
# declaration of the wrong type, and people write `as` before they write one that may panic; a literal of another kind
# hides a value of the wrong type.
_LESS_SURE = tuple(
    (re.compile(pattern), prior)
    for pattern, prior in (
        (r"^you can convert ", 0.45),
        (r"^you can convert .* and panic if ", 0.15),
        (r"^make this visible only to module ", 0.3),
        (r"^if you meant to write a \w+ literal", 0.8),
        (r"^wrap(?:ping)? the value|^try wrapping the expression", 0.85),
        (r"^consider using a `let` binding", 0.3),
        (r"^call `Into::into` .* into `(?:RefCell|Cell|Mutex|RwLock|OnceCell|Rc|Arc)<(?!str>|\[|\(?dyn )", 0.15),
        (r"^you might have meant to use `if let`", 0.45),  # it comes with `let … else`, which keeps what is bound
        (r"^try using `\.map\(\|v\| &\*\*v\)`", 0.2),  # what `as_deref` is there for
        (r"^use the `\?` operator to extract", 0.72),
        (r"^if you don't care about th(?:is|ese) missing fields?", 0.5),
        (r"^change the delimiters to curly braces", 0.3),
    )
)
# What the compiler writes where it cannot know the words.
_REASON = '.expect("REASON")'
_LISTED = re.compile(r"'\w+, ")
_SEMICOLON = "consider using a semicolon here"
_RETURN_TYPE = ("try adding a return type", "a return type might be missing here")
# What is called for what it does; its value is often left unused.
_EFFECTS = re.compile(
    r"\b(?:insert|push\w*|pop\w*|remove\w*|replace|take|extend\w*|set\w*|swap\w*|truncate|clear|write\w*|drain|"
    r"append|retain|send|store|fetch_\w+|get_or_insert\w*|or_insert\w*|spawn|flush|register|update|next|read\w*)"
    r"\s*(?:::<[^()]*>)?\([^()]*\)$"
)
_FORMS = re.compile(
    r"^\s*\.(?:to_string|to_owned|clone|into|as_str|as_ref|as_mut|borrow|to_vec|iter|into_iter|unwrap|as_slice|"
    r"into_boxed_str|into_string|collect|as_deref|cloned|copied|deref|to_path_buf|as_path)\("
)
_LOSSY, _MISSPELT = 0.2, 0.6
_FIELDS = ("include the missing field", "include the missing fields")
_PANICS = re.compile(r"\.(?:unwrap|expect)\(")
PANICS = "panics when the value does not fit"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STUB = re.compile(r"\b(?:todo|unimplemented)!\s*\(")
_ELLIPSIS = re.compile(r"(?<!\.)\.\.\.(?!\.)|…|\?\?\?")
_WORDS = re.compile(r"`[^`]*`")


@dataclass(frozen=True)
class _Offer:
    """A suggestion with the errors (by index) that make it."""

    suggestion: Suggestion
    errors: tuple[int, ...]

    @property
    def key(self) -> tuple[tuple[str, int, int, str], ...]:
        return _key(self.suggestion.replacements)


def suggestions(situation: Situation) -> Iterator[Candidate]:
    """All suggestions attached to the errors of this tree.

    Together: all sure ones that do not overlap; then all of one kind (same code and wording). Alone: each by itself.
    """
    offers = _offers(situation)
    usable = [offer for offer in offers if not _has_holes(offer.suggestion)]
    sure = [o for o in usable if _prior(o, situation) >= PRIORS[Applicability.MACHINE]]
    yield from _together(sure, "apply every sure suggestion of the compiler", SUREST, situation)
    for group in _alike(usable, situation.diagnostics):
        first = group[0].suggestion
        prior = min(SUREST, _prior(group[0], situation) + CONFIRMED)
        yield from _together(group, f"everywhere: {_title(first)}", prior, situation)
    for offer in usable:
        if not _failure_compared(offer, situation):
            yield _single(offer, situation)


def _failure_compared(offer: _Offer, situation: Situation) -> bool:
    """``Err( … )`` around an operand: nobody compares a value with a failure that holds it."""
    parts = offer.suggestion.replacements
    if not any(part.text == "Err(" for part in parts):
        return False
    try:
        node = node_at(situation.syntax(parts[0].path), parts[0].start, parts[-1].end)
    except LookupError:
        return False
    while node.parent is not None and (node.start_byte, node.end_byte) == (
        node.parent.start_byte,
        node.parent.end_byte,
    ):
        node = node.parent
    return node.type == "binary_expression" or (node.parent is not None and node.parent.type == "binary_expression")


def _offers(situation: Situation) -> list[_Offer]:
    found: dict[tuple[tuple[str, int, int, str], ...], _Offer] = {}
    for index, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.level is not Level.ERROR:
            continue
        for proposed in diagnostic.suggestions:
            if not proposed.replacements:
                continue
            suggestion = _said(proposed, situation)
            key = _key(suggestion.replacements)
            known = found.get(key)
            errors = (index,) if known is None else (*known.errors, index)
            surest = suggestion if known is None else _surer(known.suggestion, suggestion)
            found[key] = _Offer(surest, tuple(dict.fromkeys(errors)))
    return list(found.values())


def _said(suggestion: Suggestion, situation: Situation) -> Suggestion:
    """The suggestion without the reason that nobody gave, and without the comma of a lifetime that stays alone."""
    if not any(_REASON in part.text or _LISTED.fullmatch(part.text) for part in suggestion.replacements):
        return suggestion
    parts = [
        part.model_copy(update={"text": _tidied(part, situation).replace(_REASON, ".unwrap()")})
        for part in suggestion.replacements
    ]
    return suggestion.model_copy(update={"replacements": tuple(parts)})


def _tidied(part: Replacement, situation: Situation) -> str:
    """``'a, `` in front of the ``>`` of an empty list is ``'a``."""
    if _LISTED.fullmatch(part.text):
        try:
            if situation.source(part.path)[part.end : part.end + 1] == b">":
                return part.text.rstrip(", ")
        except LookupError:
            pass
    return part.text


def _key(replacements: Iterable[Replacement]) -> tuple[tuple[str, int, int, str], ...]:
    return tuple((r.path, r.start, r.end, r.text) for r in replacements)


def _surer(left: Suggestion, right: Suggestion) -> Suggestion:
    return right if PRIORS[right.applicability] > PRIORS[left.applicability] else left


def _has_holes(suggestion: Suggestion) -> bool:
    """It cannot compile as it stands: a comment or an ellipsis stands where code must."""
    if suggestion.applicability is not Applicability.PLACEHOLDERS:
        return False
    for part in suggestion.replacements:
        if _ELLIPSIS.search(part.text):
            return True
        if _COMMENT.search(part.text) and not _STUB.search(part.text):
            return True
    return False


def _together(offers: list[_Offer], title: str, prior: float, situation: Situation) -> Iterator[Candidate]:
    """One candidate that makes all ``offers``; the first of those that overlap wins. Nothing for fewer than two."""
    taken: list[Replacement] = []
    errors: dict[int, None] = {}
    used = 0
    for offer in offers:
        parts = offer.suggestion.replacements
        if any(error in errors for error in offer.errors) or _clash(parts, taken):
            continue
        used += 1
        taken += parts
        errors |= dict.fromkeys(offer.errors)
    if used > 1:
        cites = dict.fromkeys(code for error in errors if (code := situation.diagnostics[error].code) is not None)
        yield Candidate(title, tuple(taken), prior, risk=_risk(taken), cites=tuple(cites))


def _clash(parts: Iterable[Replacement], taken: Iterable[Replacement]) -> bool:
    return any(
        a.path == b.path and ((a.start < b.end and b.start < a.end) or a.start == b.start) for a in parts for b in taken
    )


def _alike(offers: list[_Offer], diagnostics: tuple[Diagnostic, ...]) -> list[list[_Offer]]:
    groups: dict[tuple[str | None, str, Applicability], list[_Offer]] = {}
    for offer in offers:
        code = diagnostics[offer.errors[0]].code
        wording = _WORDS.sub("`_`", offer.suggestion.message)
        groups.setdefault((code, wording, offer.suggestion.applicability), []).append(offer)
    return [group for group in groups.values() if len(group) > 1]


def _single(offer: _Offer, situation: Situation) -> Candidate:
    suggestion = offer.suggestion
    risk = _risk(suggestion.replacements)
    prior = _prior(offer, situation)
    prior += 0.0 if prior == _MISSPELT else CONFIRMED * (len(offer.errors) - 1)
    code = situation.diagnostics[offer.errors[0]].code
    return Candidate(
        title=_title(suggestion),
        replacements=suggestion.replacements,
        prior=STUB_PRIOR if STUB in risk else min(SUREST, prior),
        diagnostic=offer.errors[0] if len(offer.errors) == 1 else None,
        risk=risk,
        cites=() if code is None else (code,),
    )


def _prior(offer: _Offer, situation: Situation) -> float:
    """How likely the suggestion is right, by its mark and by what it says."""
    suggestion = offer.suggestion
    own = PRIORS[suggestion.applicability]
    wording = suggestion.message
    returns = wording.startswith(_RETURN_TYPE)
    if wording == _SEMICOLON or returns:
        return min(own, _unit_prior(situation, situation.diagnostics[offer.errors[0]], returns=returns))
    if wording.startswith(_FIELDS):
        return min(own, 0.9 if _fields_used(situation, situation.diagnostics[offer.errors[0]]) else 0.45)
    if wording.startswith("try removing the method call") and not _only_form(situation, suggestion):
        return _LOSSY
    if wording.startswith("or always ignore missing fields"):
        return 0.35 if _fields_used(situation, situation.diagnostics[offer.errors[0]]) else 0.88
    if wording.startswith("consider importing") and _misspelt(situation, suggestion):
        return _MISSPELT
    if wording.startswith("consider cloning the value if") and _iterates(situation.diagnostics[offer.errors[0]]):
        return _LOSSY
    return min([own, *(prior for pattern, prior in _LESS_SURE if pattern.search(wording))])


def _misspelt(situation: Situation, suggestion: Suggestion) -> bool:
    """An import that is there would bring the very name, had it no slip."""
    name = suggestion.replacements[0].text.strip().rstrip(";").rpartition("::")[2]
    return any(
        error.code == "E0432" and "similar name exists in the module" in other.message
        and other.replacements[0].text.strip() == name
        for error in situation.diagnostics for other in error.suggestions if other.replacements
    )  # fmt: skip


def _iterates(error: Diagnostic) -> bool:
    """The value is only gone through, for which it may as well be lent."""
    return any(item.message.startswith("consider iterating over a slice") for item in error.suggestions)


def _only_form(situation: Situation, suggestion: Suggestion) -> bool:
    """What goes is a call that only changes the form of a value; any other was made for what it does."""
    try:
        gone = "".join(situation.text(part.path, part.start, part.end) for part in suggestion.replacements)
    except LookupError:
        return False
    return _FORMS.search(gone) is not None


def _fields_used(situation: Situation, error: Diagnostic) -> bool:
    """The fields that a pattern lacks are names that the code after it speaks of."""
    place = error.primary
    if place is None:
        return True
    try:
        following = situation.source(place.path)[place.end : place.end + 4000].decode("utf-8", "replace")
    except LookupError:
        return True
    following = re.split(r"\n\s*(?:pub(?:\([^)]*\))? )?fn ", following)[0]
    names = [name.strip("`") for name in _WORDS.findall(error.message) if name.strip("`").isidentifier()]
    return any(re.search(rf"(?<![\w.]){re.escape(name)}\b(?!\s*:(?!:))", following) for name in names)


def _unit_prior(situation: Situation, error: Diagnostic, *, returns: bool) -> float:
    """A function without return type ends in a value: the type is missing, or a semicolon is.

    Another error that has a unit where a value was wanted tells that the function is used for its value.
    """
    failing = any("found `Result<" in (span.label or "") for span in error.spans)
    if failing and not returns:
        return 0.5  # a failure is not thrown away in silence
    said = " ".join(item.message for item in error.suggestions)
    used = any("found `()`" in (span.label or "") for item in situation.diagnostics for span in item.spans)
    guessed = any("found integer" in (span.label or "") or "found float" in (span.label or "") for span in error.spans)
    if returns and guessed and used:
        return 0.6  # a literal may be of any type; the callers tell which
    if _SEMICOLON not in said or not any(wording in said for wording in _RETURN_TYPE):
        return 1.0
    place = error.primary
    try:
        called = "" if place is None else situation.text(place.path, place.start, place.end)
    except LookupError:
        called = ""
    effect = not used and _EFFECTS.search(called) is not None
    return (0.6 if effect else 0.89) if returns else (0.88 if effect else 0.55)


def _title(suggestion: Suggestion) -> str:
    """The compiler's wording, with the text that it puts in when that says more."""
    text = " … ".join(part.text.strip() for part in suggestion.replacements if part.text.strip())
    wording = " ".join(suggestion.message.split())
    if not text or len(text) > 60 or "\n" in text or f"`{text}`" in wording:
        return wording
    return f"{wording}: `{text}`"


def _risk(replacements: Iterable[Replacement]) -> tuple[str, ...]:
    if any(_STUB.search(part.text) for part in replacements):
        return (STUB,)
    return (PANICS,) if any(_PANICS.search(part.text) for part in replacements) else ()
