"""Cargo, rustc, clippy and rustfmt as tools of an episode, and the repair domain that uses them.

Every tool is a pure function of the base tree, the edits of the call and its other arguments. They share one
:class:`rusta_cargo.workspace.CargoWorkspace`, which a domain hands to its episode::

    with CargoWorkspace("path/to/crate", home) as workspace:
        context = ToolContext(workspace, timeout_s=60, cancel=Event(), key="…", attempt=1, home=home)
        report = cargo_check(CheckArgs(), context).data

Importing this package loads nothing else.
"""
