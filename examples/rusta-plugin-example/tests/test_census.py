"""What the census finds, and what it must not find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rusta_plugin_example.census import KINDS, Found, is_source, scan

SOURCE = """\
//! Never call unwrap() or panic!.
fn load(text: &str) -> u32 {
    let hint = "unsafe { todo!() }";
    let number = text.parse::<u32>().unwrap();
    let other = text
        .trim()
        .parse::<u32>()
        .expect(hint);
    /* unimplemented!() */
    if number > 9 { panic!("too large") }
    unsafe { std::hint::unreachable_unchecked() }
}
fn later() { todo!() }
#![forbid(unsafe_code)]
fn mine(x: Thing) { x.unwrap_or(1); unwrap(x); }
"""


def test_sites_are_found_with_their_lines() -> None:
    found = [(site.kind, site.line) for site in scan(SOURCE)]
    assert found == [("unwrap", 4), ("unwrap", 8), ("panic", 10), ("unsafe", 11), ("todo", 13)]


def test_a_site_shows_its_line() -> None:
    assert next(scan(SOURCE)) == Found("unwrap", 4, "let number = text.parse::<u32>().unwrap();")


@given(
    st.lists(st.sampled_from([*KINDS, ""]), max_size=20),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_site_is_counted_once(kinds: list[str], end: str) -> None:
    code = {
        "unsafe": "unsafe {}",
        "todo": "todo!()",
        "panic": "panic!()",
        "unwrap": "x.unwrap()",
        "": "// unsafe todo!() panic!() x.unwrap()",
    }
    source = end.join(code[kind] for kind in kinds)
    found = [(site.kind, site.line) for site in scan(source)]
    assert found == [(kind, number) for number, kind in enumerate(kinds, 1) if kind]


def test_only_what_somebody_wrote_is_read() -> None:
    paths = ["src/lib.rs", "build.rs", "target/debug/build/x.rs", "README.md", "a/target.rs"]
    assert list(filter(is_source, paths)) == ["src/lib.rs", "build.rs", "a/target.rs"]
