"""Words that a derive macro does not know: real macros of a crate of our own say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from cargo_scenes import assert_nothing, assert_scene, package

from rusta_cargo.repair.proposers.derive_attributes import propose

# Says what serde's macros say of a word in their attributes that they do not know.
MACROS = """use proc_macro::{TokenStream, TokenTree};

#[proc_macro_derive(Saved, attributes(serde, saved))]
pub fn saved(input: TokenStream) -> TokenStream {
    let mut wrong = TokenStream::new();
    look(input, &mut wrong);
    wrong
}

fn look(tokens: TokenStream, wrong: &mut TokenStream) {
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            look(group.stream(), wrong);
        } else if let TokenTree::Ident(word) = &token {
            if ["rename_al", "defualt", "versoin", "colour"].contains(&word.to_string().as_str()) {
                let text = format!("::core::compile_error! {{ \\"unknown serde field attribute `{word}`\\" }}");
                let made: TokenStream = text.parse().unwrap();
                wrong.extend(made.into_iter().map(|mut token| {
                    token.set_span(word.span());
                    token
                }));
            }
        }
    }
}
"""

OTHER = "#[derive(saved::Saved)]\n#[saved(version = 2)]\npub struct Other {\n    pub b: u8,\n}\n"


def files(attribute: str) -> dict[str, str]:
    return {
        "Cargo.toml": package("app", '\n[workspace]\n\n[dependencies]\nsaved = { path = "saved" }\n'),
        "saved/Cargo.toml": package("saved", "\n[lib]\nproc-macro = true\n"),
        "saved/src/lib.rs": MACROS,
        "src/lib.rs": f"{OTHER}\n#[derive(saved::Saved)]\n{attribute}\npub struct Point {{\n    pub a: u8,\n}}\n",
    }


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ('#[serde(rename_all = "lowercase")]', '#[serde(rename_al = "lowercase")]'),
        ("#[serde(untagged, default)]", "#[serde(untagged, defualt)]"),
        ("#[saved(version = 3)]", "#[saved(versoin = 3)]"),
    ],
)
def test_the_word_that_is_meant(tmp_path: Path, whole: str, broken: str) -> None:
    lines = "src/lib.rs"
    assert_scene(propose, tmp_path, files(whole), {lines: files(broken)[lines]})


@pytest.mark.parametrize("attribute", ["#[saved(colour = 3)]", "#[serde(colour)]", "#[saved(defualt)]"])
def test_it_is_silent_where_nothing_is_near(tmp_path: Path, attribute: str) -> None:
    assert_nothing(propose, tmp_path, files(attribute))


def test_it_is_silent_on_other_errors(tmp_path: Path) -> None:
    assert_nothing(propose, tmp_path, {**files(""), "src/lib.rs": "pub fn f() -> u8 {\n    rename_al\n}\n"})
