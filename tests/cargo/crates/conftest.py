"""Crates of our own as a directory source, as cargo and the tools find them without a network."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

# The scenes that cargo judges.
sys.path.insert(0, str(Path(__file__).parent.parent / "repair/proposers"))

CONFIG = '[source.crates-io]\nreplace-with = "here"\n\n[source.here]\ndirectory = "{}"\n'

# A crate with a private module that a public one and a prelude hand on, behind features, and in macros.
SWIFT = {
    "Cargo.toml": """[package]
name = "swift-feet"
version = "0.3.2"
edition = "2021"

[features]
default = []
clock = []
derive = ["dep:swift-feet-derive"]

[dependencies]
swift-feet-derive = { version = "0.3", optional = true }
""",
    "src/lib.rs": """mod inner;
pub mod pace;
pub mod prelude;

macro_rules! cfg_clock {
    ($($item:item)*) => { $(#[cfg(feature = "clock")] $item)* };
}

cfg_clock! {
    pub mod clock;
}

pub use inner::Runner as Sprinter;

pub trait Stroll {}

pub fn stroll<T: Stroll>(_walker: &T) {}

#[macro_export]
macro_rules! legs {
    ($n:expr) => { $n * 2 };
}

#[cfg(feature = "derive")]
pub use swift_feet_derive::{Stroll, Walk};
""",
    "src/inner.rs": """pub struct Runner(pub u32);

impl Runner {
    pub fn top_speed(&self) -> u32 {
        self.0
    }
}

pub trait Stride {
    fn stride(&self) -> u32;

    fn leap(&self) -> u32 {
        self.stride() * 3
    }
}

impl<T: AsRef<[u32]> + ?Sized> Stride for T {
    fn stride(&self) -> u32 {
        self.as_ref().iter().sum()
    }
}

pub(crate) fn secret() {}
""",
    "src/pace.rs": """pub fn slow(n: u32) -> u32 {
    n / 2
}

pub mod steady {
    pub struct Pace(pub u32);
}

pub mod wild {
    pub struct Pace(pub u32);
}
""",
    "src/prelude.rs": "pub use crate::inner::Stride;\n",
    "src/clock.rs": "pub fn tick() -> u32 {\n    1\n}\n",
}
DERIVE = {
    "Cargo.toml": """[package]
name = "swift-feet-derive"
version = "0.3.2"
edition = "2021"

[lib]
proc-macro = true
""",
    "src/lib.rs": """use proc_macro::TokenStream;

#[proc_macro_derive(Stroll)]
pub fn stroll(input: TokenStream) -> TokenStream {
    let words: Vec<String> = input.into_iter().map(|word| word.to_string()).collect();
    let name = words.iter().position(|word| word == "struct" || word == "enum").unwrap() + 1;
    format!("impl swift_feet::Stroll for {} {{}}", words[name]).parse().unwrap()
}

#[proc_macro_derive(Walk)]
pub fn walk(_input: TokenStream) -> TokenStream {
    TokenStream::new()
}
""",
}


@pytest.fixture
def shelf(tmp_path: Path) -> Callable[[Mapping[str, Mapping[str, str]]], Path]:
    """Lay crates down as a directory source: folder → files."""

    def write(crates: Mapping[str, Mapping[str, str]]) -> Path:
        place = tmp_path / "shelf"
        for folder, files in crates.items():
            for path, text in {**files, ".cargo-checksum.json": json.dumps({"files": {}})}.items():
                file = place / folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        return place

    return write


@pytest.fixture
def swift(shelf: Callable[[Mapping[str, Mapping[str, str]]], Path]) -> Path:
    """The crate above, its derive macros, and an older version."""
    older = {**SWIFT, "Cargo.toml": SWIFT["Cargo.toml"].replace("0.3.2", "0.2.10"), "src/clock.rs": ""}
    return shelf(
        {
            "swift-feet": SWIFT,
            "swift-feet-0.2.10": older,
            "swift-feet-derive-0.3.2": DERIVE,
        }
    )


@pytest.fixture
def config(swift: Path) -> str:
    """The configuration of cargo that takes crates from there."""
    return CONFIG.format(swift)
