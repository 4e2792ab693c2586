"""Fields that lost the name of the value in front of them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.dotted_fields import propose

RESTORED = {
    "a parameter": """pub struct Item { pub name: String, pub count: u32 }
pub fn f(item: &Item) -> String { format!("{} {}", item.count, «item.¦»name) }
""",
    "in a struct expression": """pub struct Order { pub price: u64 }
pub struct Bill { pub price: u64 }
pub fn f(order: Box<Order>) -> Bill { Bill { «price: order.¦»price } }
""",
    "a loop over a list": """pub struct Row { pub width: u32 }
pub fn f(rows: Vec<Row>) -> u32 {
    let mut sum = 0;
    for row in rows.iter() { sum += «row.¦»width; }
    sum
}
""",
}
SILENT = {
    "no local has it": """pub struct Item { pub name: String }
pub fn f(item: &Item) -> usize { item.name.len() + size }
""",
    "a function": """pub struct Item { pub name: String }
pub fn f(item: &Item) -> String { name() + &item.name }
""",
    "in the text of a format": """pub struct Item { pub name: String }
pub fn f(item: &Item) -> String { let _ = item; format!("{name}") }
""",
}


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_what_the_author_wrote(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("name", SILENT)
def test_it_has_nothing_to_say(name: str) -> None:
    assert_silent(propose, SILENT[name])


def test_it_keeps_to_what_every_proposer_keeps() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT.values()])
