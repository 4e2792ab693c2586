"""A ladder of versions, tried with steps of its own."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from rusta_schemas.base import JsonObject
from rusta_schemas.errors import UpcastError
from rusta_schemas.publish import DOCUMENTS
from rusta_schemas.upcast import UPCASTERS, Upcasters


def rename(document: JsonObject) -> JsonObject:
    """1 → 2: `colour` was `color`."""
    rest = {key: value for key, value in document.items() if key != "color"}
    return {**rest, "colour": document["color"]}


def nest(document: JsonObject) -> JsonObject:
    """2 → 3: the colour lies in `look`."""
    rest = {key: value for key, value in document.items() if key != "colour"}
    return {**rest, "look": {"colour": document["colour"]}}


def ladder() -> Upcasters:
    made = Upcasters(current={"paint": 3})
    made.register("paint", 1, rename)
    made.register("paint", 2, nest)
    return made


@pytest.mark.parametrize(
    "document",
    [
        {"v": 1, "name": "n", "color": "red"},
        {"v": 2, "name": "n", "colour": "red"},
        {"v": 3, "name": "n", "look": {"colour": "red"}},
    ],
)
def test_every_version_arrives_at_the_same_document(document: JsonObject) -> None:
    before = copy.deepcopy(document)
    assert ladder().lift("paint", document) == {"v": 3, "name": "n", "look": {"colour": "red"}}
    assert document == before


@pytest.mark.parametrize("version", [None, 0, -1, "1", 1.0, True, [1]])
def test_a_document_without_a_version_is_refused(version: Any) -> None:
    with pytest.raises(UpcastError, match="from 1 to 3"):
        ladder().lift("paint", {"v": version})
    with pytest.raises(UpcastError, match="None"):
        ladder().lift("paint", {})


def test_a_newer_document_is_refused_with_the_way_out() -> None:
    with pytest.raises(UpcastError, match=r"version 4.*up to 3.*Update"):
        ladder().lift("paint", {"v": 4})


def test_a_missing_step_is_named() -> None:
    made = Upcasters(current={"paint": 3})
    made.register("paint", 1, rename)
    with pytest.raises(UpcastError, match="from version 2 to 3"):
        made.lift("paint", {"v": 1, "color": "red"})


@pytest.mark.parametrize("version", [0, 3, 4])
def test_a_step_leads_to_the_present(version: int) -> None:
    with pytest.raises(UpcastError, match="not earlier"):
        ladder().register("paint", version, rename)


def test_a_step_is_registered_once() -> None:
    with pytest.raises(UpcastError, match="already"):
        ladder().register("paint", 1, nest)


def test_every_document_with_a_version_has_a_ladder() -> None:
    versioned = {name for name, model in DOCUMENTS.items() if "v" in model.model_fields}
    assert set(UPCASTERS.current) == versioned
