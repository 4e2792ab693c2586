"""Documentation by key, and by search."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_docs import Library
from rusta_docs.explaining.consequences import meanings
from rusta_docs.explaining.plain import messages, variants
from rusta_docs.explaining.rules import quote, rules
from rusta_docs.search import words_of


@pytest.mark.parametrize(
    ("key", "place", "says"),
    [
        ("E0502", "error_codes/E0502.html", "already borrowed"),
        ("unused_mut", "rustc/lints/listing/warn-by-default.html#unused-mut", "mut"),
        ("lint:unused_mut", "rustc/lints/listing/warn-by-default.html#unused-mut", "mut"),
        ("std::option::Option::unwrap_or", "std/option/enum.Option.html#method.unwrap_or", "default"),
        ("core::mem::swap", "std/mem/fn.swap.html", "Swap"),
        ("Option", "std/option/enum.Option.html", "Option"),
        ("Option::Some", "std/option/enum.Option.html#variant.Some", "Some value"),
        ("keyword:impl", "std/keyword.impl.html", "mplement"),
        ("reference:tokens.html#delimiters", "reference/tokens.html#delimiters", "Bracket"),
        ("rule:destructors.scope.intro", "reference/destructors.html#r-destructors.scope.intro", "scope"),
        ("book:ch04-01-what-is-ownership.html#ownership-rules",
         "book/ch04-01-what-is-ownership.html#ownership-rules", "owner"),
    ],
)  # fmt: skip
def test_keys_lead_to_their_passage(library: Library, key: str, place: str, says: str) -> None:
    found = library.lookup(key)
    assert found is not None
    assert found.place == place
    assert found.key == key
    assert says in found.text
    assert found.anchor.holds((library.shelf.docs or library.home).joinpath(found.anchor.path).read_bytes())


@pytest.mark.parametrize(
    "key",
    [
        "E9999",
        "nope",
        "reference:../../etc/passwd",
        "std::nope::X",
        "other:x",
        "",
        ":",
        "::",
        "rule:none",
        "std::",
    ],
)
def test_what_is_not_there_is_none(library: Library, key: str) -> None:
    assert library.lookup(key) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_key_and_any_question_is_harmless(library: Library, text: str) -> None:
    library.lookup(text)
    if not library.index.exists():
        library.build()
    assert len(library.search(text, limit=3)) <= 3


def test_searches_find_and_can_be_narrowed(library: Library) -> None:
    library.build()
    best = library.search("what are the ownership rules?", limit=3)
    assert best[0].passage.fragment == "ownership-rules"
    assert library.search("E0308")[0].passage.anchor.path == "error_codes/E0308.html"
    only = library.search("borrow", limit=10, only=["nomicon"])
    assert {hit.passage.collection for hit in only} == {"nomicon"}
    assert library.search('"NEAR(" OR * :') == library.search('"NEAR(" OR * :')
    assert words_of("what is the") == ["what", "is", "the"]


def test_the_tables_are_large_enough_and_lead_to_what_is_installed(whole: Library) -> None:
    table = rules()
    assert len(messages()["codes"]) >= 80
    assert len(table["codes"]) >= 80
    keys = {key for group in ("codes", "categories") for found in table[group].values() for key in found}
    keys |= {rule["key"] for rule in table["message"]} | set(table["quotes"])
    passages = {key: whole.lookup(key) for key in keys}
    assert [key for key, passage in passages.items() if passage is None] == []
    for key, begins in table["quotes"].items():
        passage = passages[key]
        assert passage is not None
        assert quote(passage).startswith(begins), key


def test_every_code_with_a_sentence_has_its_page(whole: Library) -> None:
    lost = [code for code in messages()["codes"] if whole.lookup(code) is None]
    assert lost == []


def test_every_category_has_a_sentence_and_a_rule() -> None:
    from rusta_schemas.diagnostic import Category

    for category in Category:
        assert messages()["categories"][category.value]
        assert rules()["categories"][category.value]
    assert all(variant.code or variant.category for variant in variants())
    assert all(meaning.text or meaning.title for meaning in meanings())
