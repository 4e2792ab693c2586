"""Documentation by key, and by search."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rusta_docs import Library
from rusta_docs.explaining.consequences import meanings
from rusta_docs.explaining.plain import messages, variants
from rusta_docs.explaining.rules import quote, rule_keys, rules
from rusta_docs.search import words_of
from rusta_schemas.diagnostic import Category


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
    keys |= {key for told in table["told"] for key in told["keys"] if "{" not in key}
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
    for category in Category:
        assert messages()["categories"][category.value]
        # What cargo says is told by its words, or is cited itself: no page is about everything else.
        assert rules()["categories"][category.value] or category is Category.OTHER
    assert all(len(variant.pattern.pattern) > 3 for variant in variants())
    assert all(meaning.text or meaning.title or meaning.deletes for meaning in meanings())


@pytest.mark.parametrize(
    ("code", "category", "message", "source", "key"),
    [
        ("E0277", "trait", "the `?` operator can only be used in a function that returns `Result`", "",
         "book:ch09-02-recoverable-errors-with-result.html#where-to-use-the--operator"),
        ("E0277", "trait", "`Point` doesn't implement `std::fmt::Display`", "", "std::fmt::Display"),
        ("E0277", "trait", "the type `str` cannot be indexed by `{integer}`", "",
         "book:ch08-02-strings.html#indexing-into-strings"),
        ("E0277", "trait", "something else", "", "reference:trait-bounds.html#trait-and-lifetime-bounds"),
        (None, "other", "no matching package named `x` found", "", "cargo:reference/specifying-dependencies.html"),
        (None, "other", "failed to parse manifest at `x`", "", "cargo:reference/manifest.html"),
        (None, "syntax", "2 positional arguments in format string, but there is 1 argument", "", "std::fmt"),
        (None, "syntax", "whatever the author says", "compile_error!(x)", "std::compile_error"),
        (None, "syntax", "expected one of `!` or `::`, found `main`", "", "reference:items.html#items"),
    ],
)  # fmt: skip
def test_a_message_leads_to_its_own_rule(
    whole: Library, code: str | None, category: str, message: str, source: str, key: str
) -> None:
    from rusta_docs.tools.arguments import Matter

    matter = Matter.model_validate({"code": code, "category": category, "message": message})
    assert rule_keys(matter, source)[0] == key
    assert whole.lookup(key) is not None


def test_what_is_of_no_known_kind_leads_nowhere() -> None:
    from rusta_docs.tools.arguments import Matter

    assert rule_keys(Matter.model_validate({"category": "other", "message": "it rains"})) == ()
    # A feature of the language is none of Cargo's.
    told = rule_keys(Matter.model_validate({"code": "E0658", "category": "other", "message": "unstable feature"}))
    assert not any(key.startswith("cargo:") for key in told)
