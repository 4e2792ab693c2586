"""A bundle that was changed in any place is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rusta_schemas.anchor import make_anchor
from rusta_schemas.base import to_json
from rusta_schemas.bundle import PatchBundle, Proof, ProofStep, Risk, bundle_id, make_bundle
from rusta_schemas.canonical import canonical_bytes, sha256_hex
from rusta_schemas.edits import Edit


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "episode": "ep-1", "created": "2026-01-01T00:00:00.000000Z", "domain": "d", "root": "/tree", "summary": "s",
        "edits": (Edit(path="a", start=0, end=1, removed="a", inserted="b"),
                  Edit(path="b/c", start=0, end=0, removed="", inserted="x")),
        "base_hashes": {"a": sha256_hex(b"a"), "b/c": None},
        "result_hashes": {"a": sha256_hex(b"b"), "b/c": sha256_hex(b"x")},
        "k_lines": 1, "k_files": 2, "risk": Risk.LOW, "risk_reasons": ("small",), "confidence": 0.5,
        "proof": Proof(green=True, steps=(ProofStep(command="c", ok=True, summary="s", key=sha256_hex(b"k")),),
                       flaky=("t",), sandbox="overlay"),
        "anchors": (make_anchor("o", "p", b"text", 0, 4),), "log_head": sha256_hex(b"l"),
        **changes,
    }  # fmt: skip


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all scalars."""
    if isinstance(value, dict):
        return [p for key, item in value.items() for p in places(item, (*here, key))]
    if isinstance(value, list):
        return [p for key, item in enumerate(value) for p in places(item, (*here, key))]
    return [here]


def flipped(value: Any) -> Any:
    """Another value that the field itself would take."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value / 2
    if value is None:
        return sha256_hex(b"something")
    if value in ("low", "overlay"):
        return "medium"
    if len(value) == 64:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value.replace("2026", "2027") if "2026" in value else value + "x"


def put(document: Any, here: tuple[Any, ...], value: Any) -> Any:
    if not here:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[here[0]] = put(document[here[0]], here[1:], value)
    return copy


DOCUMENT = to_json(make_bundle(**fields()))


def test_a_bundle_survives_its_file() -> None:
    text = canonical_bytes(DOCUMENT)
    assert canonical_bytes(to_json(PatchBundle.model_validate_json(text))) == text


@pytest.mark.parametrize("here", [p for p in places(DOCUMENT) if p != ("v",)], ids=str)
def test_every_flipped_field_is_refused(here: tuple[Any, ...]) -> None:
    value = DOCUMENT
    for key in here:
        value = value[key]  # type: ignore[assignment, index, call-overload]
    changed = put(DOCUMENT, here, flipped(value))
    with pytest.raises(ValidationError):
        PatchBundle.model_validate(changed)


@pytest.mark.parametrize("name", [n for n in DOCUMENT if n not in ("v", "seal")])
def test_every_dropped_field_is_refused(name: str) -> None:
    """Also those with a default: the seal covers what the default hides."""
    with pytest.raises(ValidationError):
        PatchBundle.model_validate({k: v for k, v in DOCUMENT.items() if k != name})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_hashes": {"a": None}}, "exactly the files"),
        ({"result_hashes": {"a": None, "b/c": None, "z": None}}, "exactly the files"),
        ({"k_files": 1}, "touch 2 files"),
        ({"edits": ()}, "at least 1"),
        ({"confidence": 1.1}, "less than or equal to 1"),
        ({"confidence": float("nan")}, "finite"),
        ({"k_lines": -1}, "greater than or equal to 0"),
    ],
)
def test_a_bundle_that_contradicts_itself_cannot_be_made(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        make_bundle(**fields(**changes))


def test_the_id_says_what_is_changed_where_and_by_whom() -> None:
    made = make_bundle(**fields())
    assert made.id == bundle_id(made.episode, made.edits, dict(made.base_hashes))
    assert make_bundle(**fields(summary="other")).id == made.id
    assert make_bundle(**fields(episode="ep-2")).id != made.id
    other = (Edit(path="a", start=0, end=1, removed="a", inserted="c"), made.edits[1])
    assert make_bundle(**fields(edits=other)).id != made.id


def test_a_bundle_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        make_bundle(**fields()).summary = "other"  # type: ignore[misc]
