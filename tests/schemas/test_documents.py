"""An independent validator reads the published schemas as our own models read documents.

Good instances are generated through the models; bad ones by changing every place of a good one. Both sides must agree
on each, but for the rules in ``BEYOND_SCHEMA``, which JSON Schema has no words for: they compare fields or hash them.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from rusta_schemas.action import Action
from rusta_schemas.anchor import make_anchor
from rusta_schemas.base import Closed, Count, to_json
from rusta_schemas.bundle import Proof, ProofStep, Risk, make_bundle
from rusta_schemas.canonical import canonical_bytes, sha256_hex
from rusta_schemas.devlog import EVENT_TYPES, DevLogEntry
from rusta_schemas.diagnostic import (
    Applicability,
    Category,
    Diagnostic,
    Level,
    Note,
    Replacement,
    Span,
    Suggestion,
)
from rusta_schemas.edits import Edit
from rusta_schemas.golden import GoldenEntry, GoldenStep
from rusta_schemas.observation import Observation, Status
from rusta_schemas.publish import DIALECT, DOCUMENTS, all_documents, verb_schema

BEYOND_SCHEMA = {
    "Anchor: its end is not before its start": "the anchor ends at",
    "Anchor: its id is the digest of its content": "does not match its content",
    "Edit: its span has the size of the removed text": "the removed text has",
    "PatchBundle: the hashes name exactly the touched files": "must name exactly the files",
    "PatchBundle: k_files is the number of touched files": "k_files is",
    "PatchBundle: its id is the digest of its edits": "id does not match its edits",
    "PatchBundle: its seal is the digest of all of it": "seal does not match its content",
    "Timestamp: the day is in the calendar": "out of range",
}
FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
line = text
sha = st.binary(max_size=2).map(sha256_hex)
episode = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
verb = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
path = st.sampled_from(["src/lib.rs", "a", "ü/ß x", ".hidden", "..two", "a/...", "x\ny"])
when = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0"))
number = st.integers(0, 10**6)
place = st.integers(1, 10**6)
plain = st.dictionaries(text, st.none() | st.booleans() | number | text | st.lists(text, max_size=2), max_size=2)

actions = st.builds(Action, verb=verb, args=plain)
observations = st.builds(
    Observation, verb=verb, status=st.sampled_from(Status), summary=line, data=plain,
    ms=st.floats(0, 1e9),
)  # fmt: skip
spans = st.builds(
    Span, path=text, start=number, end=number, line=place, column=place, end_line=place,
    end_column=place, primary=st.booleans(), label=st.none() | text, macro=st.none() | text,
)  # fmt: skip
diagnostics = st.builds(
    Diagnostic, level=st.sampled_from(Level), code=st.none() | text, category=st.sampled_from(Category),
    phase=number, message=text, spans=st.lists(spans, max_size=1).map(tuple),
    notes=st.lists(st.builds(Note, level=st.sampled_from(Level), message=text), max_size=1).map(tuple),
    suggestions=st.lists(st.builds(
        Suggestion, message=text, applicability=st.sampled_from(Applicability),
        replacements=st.just((Replacement(path="a", start=0, end=1, text="x"),)),
    ), max_size=1).map(tuple),
    rendered=text, unit=text,
)  # fmt: skip
anchors = st.builds(
    lambda origin, name, data, title: make_anchor(origin, name, data, 0, len(data), title),
    text.filter(bool), text.filter(bool), st.binary(max_size=4), text,
)  # fmt: skip
steps = st.builds(ProofStep, command=text, ok=st.booleans(), summary=text, key=sha)


@st.composite
def bundles(draw: st.DrawFn) -> BaseModel:
    names = draw(st.lists(path, min_size=1, max_size=2, unique=True))
    edits = [Edit(path=name, start=0, end=1, removed="a", inserted=draw(text)) for name in names]
    return make_bundle(
        episode=draw(episode), created=draw(when), domain="d", root="/r", summary=draw(text), edits=edits,
        base_hashes={name: draw(st.none() | sha) for name in names},
        result_hashes={name: draw(st.none() | sha) for name in names},
        k_lines=draw(number), k_files=len(names), risk=draw(st.sampled_from(Risk)),
        risk_reasons=(), confidence=draw(st.floats(0, 1)),
        proof=Proof(green=draw(st.booleans()), steps=(draw(steps),), flaky=("t",), sandbox="overlay"),
        anchors=tuple(draw(st.lists(anchors, max_size=1))), log_head=draw(sha),
    )  # fmt: skip


entries = st.builds(DevLogEntry, ts=when, episode=episode, kind=verb, data=plain)
golden = st.builds(
    GoldenEntry, name=text.filter(bool), episode=episode, snapshot=st.dictionaries(path, sha, max_size=2),
    actions=st.lists(st.builds(GoldenStep, action=actions, sha256=sha), max_size=1).map(tuple),
    anchors=st.just(()), patch=st.none() | bundles(), tests=st.lists(steps, max_size=1).map(tuple),
    reflection=text, log=plain,
)  # fmt: skip
STRATEGIES: dict[str, st.SearchStrategy[Any]] = {
    "action": actions, "observation": observations, "diagnostic": diagnostics, "anchor": anchors,
    "patch_bundle": bundles(), "devlog_entry": entries, "golden_entry": golden,
}  # fmt: skip

DOCUMENT_SCHEMAS = all_documents()
VALIDATORS = {name: jsonschema_rs.validator_for(DOCUMENT_SCHEMAS[f"{name}.json"]) for name in DOCUMENTS}


def instances(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, the value itself first."""
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from instances(item, (*here, key))


FOREIGN: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 5.0, 1.0, 1.5, 10**30, "", "x", "1", "true", "a/b", "../x", "/x", "x/", "./x",
    "\n", "a" * 64, "A" * 64, "a" * 63, "f" * 64 + "\n", "read_span\n", "2026-02-30T00:00:00.000000Z",
    "2026-13-01T00:00:00.000000Z", "2026-01-01T00:00:00Z", "२०२६-01-01T00:00:00.000000Z", [], {}, [1], {"x": 1},
    "machineApplicable", "ok",
)  # fmt: skip


def mutations(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Everything that differs from ``document`` in one place."""
    for here in instances(document):
        for foreign in FOREIGN:
            yield f"{here} is {foreign!r}", put(document, here, foreign)
        found = get(document, here)
        if isinstance(found, dict):
            yield f"{here} has one more", put(document, here, {**found, "no_such_field": 1})
            yield f"{here} has a bad key", put(document, here, {**found, "../up": None, "": None})
            for key in found:
                less = {k: v for k, v in found.items() if k != key}
                yield f"{here} lacks {key}", put(document, here, less)
        if isinstance(found, list):
            yield f"{here} twice", put(document, here, found * 2)


def get(document: Any, here: tuple[Any, ...]) -> Any:
    for key in here:
        document = document[key]
    return document


def put(document: Any, here: tuple[Any, ...], value: Any) -> Any:
    if not here:
        return value
    changed = copy.copy(document)
    changed[here[0]] = put(document[here[0]], here[1:], value)
    return changed


def refusals(model: type[BaseModel], document: Any) -> list[str]:
    """What our model says against a document; nothing when it takes it."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return [item["msg"] for item in error.errors()]
    return []


def agree(model: type[BaseModel], validator: Any, what: str, document: Any) -> None:
    ours, theirs = refusals(model, document), validator.is_valid(document)
    if ours and theirs:
        beyond = [m for m in ours if any(re.search(rule, m) for rule in BEYOND_SCHEMA.values())]
        # A list whose elements are refused is then too short as well.
        rest = [m for m in ours if m not in beyond and not m.endswith("after validation, not 0")]
        assert beyond, f"{what}: the schema takes it, the model says {ours}"
        assert not rest, f"{what}: the schema takes it, the model says {rest}"
    elif not ours:
        assert theirs, f"{what}: the model takes it, the schema does not"


def test_there_is_a_strategy_for_every_document() -> None:
    assert STRATEGIES.keys() == DOCUMENTS.keys()


@pytest.mark.parametrize("name", DOCUMENTS)
@FEW
@given(st.data())
def test_good_documents_are_good_for_both(name: str, data: st.DataObject) -> None:
    model = data.draw(STRATEGIES[name])
    document = to_json(model)
    assert VALIDATORS[name].is_valid(document)
    assert DOCUMENTS[name].model_validate(document) == model
    assert DOCUMENTS[name].model_validate_json(canonical_bytes(document)) == model
    again = DOCUMENTS[name].model_validate(json.loads(canonical_bytes(document)))
    assert canonical_bytes(to_json(again)) == canonical_bytes(document)


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(FEW, max_examples=4, phases=[Phase.generate])  # shrinking would check thousands of changes again
@given(st.data())
def test_bad_documents_are_bad_for_both(name: str, data: st.DataObject) -> None:
    document = to_json(data.draw(STRATEGIES[name]))
    for what, changed in mutations(document):
        agree(DOCUMENTS[name], VALIDATORS[name], f"{name}: {what}", changed)


def test_the_rules_beyond_the_schema_are_all_reached() -> None:
    """Each is really refused by the model and really taken by the schema; a rule that is neither would hide a fault."""
    bundle = to_json(example_bundle())
    anchor = to_json(make_anchor("o", "p", b"text", 1, 3))
    edit = to_json(Edit(path="a", start=0, end=1, removed="a", inserted=""))
    entry = to_json(DevLogEntry(ts="2026-01-01T00:00:00.000000Z", episode="e", kind="note"))
    cases: list[tuple[str, dict[str, Any]]] = [
        ("anchor", {**anchor, "end": 0}),
        ("anchor", {**anchor, "path": "q"}),
        ("patch_bundle", {**bundle, "edits": [{**edit, "end": 2}]}),
        ("patch_bundle", {**bundle, "base_hashes": {}}),
        ("patch_bundle", {**bundle, "k_files": 2}),
        ("patch_bundle", {**bundle, "id": "0" * 64}),
        ("patch_bundle", {**bundle, "summary": "other"}),
        ("devlog_entry", {**entry, "ts": "2026-02-30T00:00:00.000000Z"}),
    ]
    reached = set()
    for name, document in cases:
        assert VALIDATORS[name].is_valid(document)
        said = " ".join(refusals(DOCUMENTS[name], document))
        reached |= {rule for rule, words in BEYOND_SCHEMA.items() if re.search(words, said)}
    assert reached == set(BEYOND_SCHEMA)


def example_bundle(**changes: Any) -> BaseModel:
    fields: dict[str, Any] = {
        "episode": "e", "created": "2026-01-01T00:00:00.000000Z", "domain": "d", "root": "/r", "summary": "s",
        "edits": [Edit(path="a", start=0, end=1, removed="a", inserted="b")],
        "base_hashes": {"a": sha256_hex(b"a")}, "result_hashes": {"a": sha256_hex(b"b")},
        "k_lines": 1, "k_files": 1, "risk": Risk.LOW, "confidence": 0.5, "log_head": sha256_hex(b""),
        "proof": Proof(green=True, steps=(), sandbox="overlay"),
    }  # fmt: skip
    return make_bundle(**{**fields, **changes})


EVENTS = {
    "opened": {"domain": "d", "goal": {}, "seed": 1, "budget": {}, "contract": {}, "versions": {}, "parent": None,
               "parent_step": 0},
    "started": {"ordinal": 0, "key": "0" * 64, "action": {"verb": "a", "args": {}}, "effect": "read", "attempt": 1},
    "done": {"key": "0" * 64, "sha256": "0" * 64, "blob": None, "ms": 1.5, "reconciled": False,
             "output": {"verb": "a", "status": "ok", "summary": "s", "data": {}, "ms": 0}},
    "refused": {"what": "w", "gate": "g", "why": "y", "state": "s"},
    "transition": {"signal": "s", "source": "a", "target": "b", "ok": True,
                   "verdicts": [{"gate": "g", "ok": True, "why": ""}]},
    "decision": {"topic": "t", "value": {}}, "note": {"text": "t"}, "parked": {"reason": "r", "resource": None},
    "resumed": {"replayed": 0, "budget": {}}, "closed": {"outcome": "o", "summary": "s", "result": {}},
}  # fmt: skip


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_the_schemas_of_events_agree_too(kind: str) -> None:
    whole = DOCUMENT_SCHEMAS["events.json"]
    kinds, definitions = whole["x-kinds"], whole["$defs"]
    assert isinstance(kinds, dict)
    validator = jsonschema_rs.validator_for(
        {"$schema": DIALECT, "$ref": f"#/$defs/{kinds[kind]}", "$defs": definitions}
    )
    assert validator.is_valid(EVENTS[kind])
    for what, changed in mutations(EVENTS[kind]):
        agree(EVENT_TYPES[kind], validator, f"{kind}: {what}", changed)


class Inner(Closed):
    name: str


class Arguments(Closed):
    start: Count
    inner: Inner | None = None


class Envelope(Closed):
    """What the schema of one verb describes, as a model."""

    v: Any = 1
    verb: Any
    args: Arguments


def test_the_schema_of_a_verb() -> None:
    schema = verb_schema("try_it", Arguments, "read", "Try it")
    validator = jsonschema_rs.validator_for(schema)
    good: dict[str, Any] = {"v": 1, "verb": "try_it", "args": {"start": 1, "inner": {"name": "x"}}}
    assert validator.is_valid(good)
    assert schema["x-effect"] == "read"
    for what, changed in mutations(good):
        if isinstance(changed, dict) and changed.get("verb") == "try_it" and changed.get("v", 1) in (1,):
            if changed.get("v") is True:
                continue
            agree(Envelope, validator, what, changed)
        else:
            assert not validator.is_valid(changed), what
    assert not jsonschema_rs.validator_for(verb_schema("free", Inner, "read", "")).is_valid({"verb": "free"})


def test_the_published_schemas_are_valid_schemas() -> None:
    for name, schema in DOCUMENT_SCHEMAS.items():
        assert schema["$schema"] == DIALECT, name
        jsonschema_rs.meta.validate(schema)
