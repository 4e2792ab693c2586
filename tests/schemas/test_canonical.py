"""One value, one text."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_schemas.canonical import DEEPEST, canonical_bytes, digest, sha256_hex
from rusta_schemas.errors import SchemaError

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(left: Any, right: Any) -> bool:
    """Equal as JSON values: 1, 1.0 and true are three values."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return bool(left == right)


def shuffled(value: Any, source: random.Random) -> Any:
    """The same value with its keys in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(item, source)) for key, item in value.items()]
        source.shuffle(items)
        return dict(items)
    return [shuffled(item, source) for item in value] if isinstance(value, list) else value


@given(values, values)
def test_equal_values_and_only_they_have_equal_bytes(left: Any, right: Any) -> None:
    assert (canonical_bytes(left) == canonical_bytes(right)) == same(left, right)
    assert (digest(left) == digest(right)) == same(left, right)


@given(values, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: Any, source: random.Random) -> None:
    assert canonical_bytes(shuffled(value, source)) == canonical_bytes(value)


@given(values)
def test_it_is_json_and_a_fixed_point(value: Any) -> None:
    data = canonical_bytes(value)
    back = json.loads(data)
    assert same(back, value)
    assert canonical_bytes(back) == data
    assert b"\n" not in data


@given(values)
def test_keys_are_sorted_by_code_point_without_space(value: Any) -> None:
    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert keys == sorted(keys)
        assert len(keys) == len(set(keys))
        return dict(pairs)

    text = canonical_bytes(value).decode("utf-8")
    json.loads(text, object_pairs_hook=check)


def test_text_is_not_escaped_beyond_need() -> None:
    assert canonical_bytes({"ü": 'a"\n\u2028'}) == '{"ü":"a\\"\\n\u2028"}'.encode()
    assert canonical_bytes({"b": 1, "a": [1.5, None, True]}) == b'{"a":[1.5,null,true],"b":1}'
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (math.nan, "JSON"), ({"a": [math.inf]}, "JSON"), (-math.inf, "JSON"), (b"bytes", "bytes"),
        ({1: 2}, "keys are strings"), ({True: 2}, "bool"), ({None: 2}, "NoneType"), ("\ud800", "surrogates"),
        ({"\udfff": 1}, "surrogates"), ({1, 2}, "set"), (object(), "object"), (1j, "complex"),
        ({"a": {"b": [0, b""]}}, "$.a.b[1]"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_what_json_has_no_form_for_is_refused_and_placed(value: Any, words: str) -> None:
    with pytest.raises(SchemaError) as error:
        canonical_bytes(value)
    assert words in str(error.value)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 500, 100_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    with pytest.raises(SchemaError, match="levels deep") as error:
        canonical_bytes(nested(depth))
    assert len(str(error.value)) < 200


def test_a_hundred_levels_are_enough() -> None:
    assert canonical_bytes(nested(DEEPEST)).startswith(b"[[[")


def test_what_contains_itself_is_refused() -> None:
    """However often: it is found out before the memory is full."""
    value: list[object] = [1]
    value += [value, value, {"again": value}]
    with pytest.raises(SchemaError, match="nested more than"):
        canonical_bytes(value)
