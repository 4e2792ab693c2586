"""Which files a single source file is made of, and where they are laid for the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rusta_cargo.standalone import module_files, stage

Lay = Callable[..., Path]


def test_modules_and_inclusions_are_followed(lay: Lay) -> None:
    root = lay(
        {
            "main.rs": 'mod a;\npub(crate) mod r#b;\n#[path = "odd name.rs"]\n#[cfg(all())]\nmod c;\n'
            'const T: &str = include_str!("t.txt");',
            "a.rs": "mod inner;",
            "a/inner.rs": 'include!("more.rs");',
            "a/more.rs": "",
            "b/mod.rs": "mod deep;",
            "b/deep.rs": "",
            "odd name.rs": "",
            "t.txt": "",
            "unrelated.rs": "",
            "secret.txt": "",
        }
    )
    assert set(module_files(root / "main.rs")) == {
        "main.rs",
        "a.rs",
        "a/inner.rs",
        "a/more.rs",
        "b/mod.rs",
        "b/deep.rs",
        "odd name.rs",
        "t.txt",
    }


def test_nothing_outside_the_folder_is_taken(lay: Lay) -> None:
    root = lay(
        {
            "in/main.rs": '#[path = "../out.rs"] mod out;\nmod link;\nconst S: &str = include_str!("/etc/passwd");',
            "out.rs": "",
        }
    )
    (root / "in/link.rs").symlink_to("../out.rs")
    assert set(module_files(root / "in/main.rs")) == {"main.rs"}


def test_staging_is_by_content(lay: Lay, tmp_path: Path) -> None:
    root = lay({"main.rs": "mod a;", "a.rs": "1"})
    first = stage(module_files(root / "main.rs"), tmp_path / "home")
    assert sorted(path.name for path in first.iterdir()) == ["a.rs", "main.rs"]
    assert stage(module_files(root / "main.rs"), tmp_path / "home") == first
    (root / "a.rs").write_text("2")
    second = stage(module_files(root / "main.rs"), tmp_path / "home")
    assert second != first
    assert (first / "a.rs").read_text() == "1"
