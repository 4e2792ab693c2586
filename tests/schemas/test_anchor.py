"""An anchor cites bytes, and notices when they are others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rusta_schemas.anchor import Anchor, make_anchor
from rusta_schemas.base import to_json


@given(st.binary(max_size=40), st.data())
def test_an_anchor_holds_on_its_document_and_only_where_the_text_is(document: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(document)))
    end = data.draw(st.integers(start, len(document)))
    anchor = make_anchor("collection 1.0", "page", document, start, end, "Title")
    assert anchor.holds(document)
    assert anchor.holds(document[:end])
    assert Anchor.model_validate(to_json(anchor)) == anchor
    for position in range(start, end):
        changed = bytearray(document)
        changed[position] ^= 1
        assert not anchor.holds(bytes(changed))
    if end > start:
        assert not anchor.holds(document[: end - 1])


@given(st.binary(min_size=1, max_size=8))
def test_the_identity_depends_on_the_text_and_the_place_only(document: bytes) -> None:
    anchor = make_anchor("o", "p", document, 0, 1, "one title")
    assert make_anchor("o", "p", document + b"more", 0, 1, "another").id == anchor.id
    others = {
        make_anchor("o", "q", document, 0, 1).id, make_anchor("x", "p", document, 0, 1).id,
        make_anchor("o", "p", document, 0, 0).id, make_anchor("o", "p", document, 1, 1).id,
        make_anchor("o", "p", bytes([document[0] ^ 1]), 0, 1).id, anchor.id,
    }  # fmt: skip
    assert len(others) == 6


@pytest.mark.parametrize("field", ["id", "origin", "path", "start", "end", "text_sha256"])
def test_every_changed_field_is_refused(field: str) -> None:
    document = to_json(make_anchor("o", "p", b"some text", 2, 4))
    value = document[field]
    if isinstance(value, int):
        changed: object = value + 1
    else:
        text = str(value)
        changed = text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises(ValidationError, match=r"does not match|before its start"):
        Anchor.model_validate({**document, field: changed})


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 10), (3, 2), (10, 10)])
def test_a_span_outside_the_document_cannot_be_cited(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        make_anchor("o", "p", b"some text", start, end)


@pytest.mark.parametrize("field", ["origin", "path"])
def test_an_anchor_names_its_document(field: str) -> None:
    names = {"origin": "o", "path": "p", field: ""}
    with pytest.raises(ValidationError, match="at least 1"):
        make_anchor(names["origin"], names["path"], b"text", 0, 1)
