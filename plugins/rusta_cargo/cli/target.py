"""What ``repair`` and ``explain`` share: the target's options and its goal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rusta_cargo.repair.goal import RepairGoal

F = TypeVar("F", bound=Callable[..., Any])


def target_options(function: F) -> F:
    """PATH, and which part of it in which configuration."""
    options = (
        click.argument("path", type=click.Path(), default="."),
        click.option(
            "--package", "-p", "packages", multiple=True, metavar="NAME", help="Only this package of a workspace."
        ),
        click.option(
            "--features", multiple=True, metavar="A,B", help="Features to switch on, as cargo has them."
        ),
        click.option("--all-features", is_flag=True, help="Switch all features on."),
        click.option("--no-default-features", is_flag=True, help="Leave the default features off."),
        click.option(
            "--edition",
            type=click.Choice(("2015", "2018", "2021", "2024")),
            help="Edition of a single file; a crate has its own.",
        ),
    )  # fmt: skip
    decorated: Any = function
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]  # click's decorators keep the function's type


def goal_of(
    path: str,
    home: Path,
    *,
    packages: tuple[str, ...],
    features: tuple[str, ...],
    all_features: bool,
    no_default_features: bool,
    edition: str | None,
    without: tuple[str, ...] = (),
    tests: bool = True,
) -> RepairGoal:
    """The goal, once the target is known to be there and to be something that can be mended.

    Raises:
        UsageError: it is not; says what to give instead.
    """
    from rusta_cargo.project import find_project
    from rusta_cargo.repair.goal import RepairGoal
    from rusta_cargo.toolchain import find_toolchain
    from rusta_conductor.errors import UsageError

    project = find_project(path)
    if not _is_text(project.root):
        raise UsageError(f"the name of {project.root} is not UTF-8, so the log cannot hold it; rename the folder")
    if project.kind != "file" and home.resolve().is_relative_to(project.root):
        raise UsageError(
            f"the state folder {home} lies inside the tree {project.root}, which is never written to; "
            "set RUSTA_HOME to a folder outside of it"
        )
    find_toolchain(project.cargo_folder).tool("rustc")
    if edition is not None and project.kind != "file":
        raise UsageError(f"--edition is for a single file; {project.root} has its edition in its Cargo.toml")
    if project.kind == "file" and (packages or features or all_features or no_default_features):
        raise UsageError(f"{path} is a single file; it has neither packages nor features")
    if path.endswith(".rs") and project.kind != "file" and Path(path).is_file():
        click.echo(f"{path} belongs to the crate {project.root}; all of it is looked at", err=True)
    return RepairGoal.model_validate(
        {
            "path": str(Path(path).absolute()),
            "packages": packages,
            "features": [name for text in features for name in text.replace(",", " ").split()],
            "all_features": all_features,
            "no_default_features": no_default_features,
            "edition": edition,
            "without": without,
            "tests": tests,
        }
    )


def _is_text(path: Path) -> bool:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
