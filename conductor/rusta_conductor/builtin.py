"""The runtime's own plugin: its commands and checks go through the same hooks as everybody's."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CheckSpec, CommandSpec, DomainSpec, ToolSpec
from rusta_schemas.effects import Effect


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    cli = "rusta_conductor.cli"
    return (
        CommandSpec("apply", "Apply a proved patch bundle to its tree", f"{cli}.bundle:apply"),
        CommandSpec("rollback", "Take an applied bundle back, byte for byte", f"{cli}.bundle:rollback"),
        CommandSpec("episodes", "List episodes and how they ended", f"{cli}.episodes:episodes"),
        CommandSpec("resume", "Take up a parked or interrupted episode", f"{cli}.episodes:resume"),
        CommandSpec("fork", "Begin a new episode from a step of another", f"{cli}.episodes:fork"),
        CommandSpec("replay", "Run an episode again from its log, with no tools", f"{cli}.replay:replay"),
        CommandSpec("golden", "Keep an episode as a golden session, or check one", f"{cli}.golden:golden"),
        CommandSpec("devlog", "Look into, check and export the log", "rusta_devlog.cli:devlog"),
        CommandSpec(
            "plugins",
            "List plugins, what they declare, and what is wrong",
            f"{cli}.plugins:plugins",
        ),
        CommandSpec("doctor", "Check this machine for everything rusta uses", f"{cli}.doctor:doctor"),
        CommandSpec("completion", "Print the shell completion script", f"{cli}.completion:completion"),
    )


@hookimpl
def rusta_domains() -> Iterable[DomainSpec]:
    return (
        DomainSpec(
            "bundle",
            "Apply a proved bundle to its tree, or take it back",
            "rusta_conductor.bundles.domain:BundleDomain",
        ),
    )


@hookimpl
def rusta_tools() -> Iterable[ToolSpec]:
    tools = "rusta_conductor.bundles.tools"
    return (
        ToolSpec(
            "inspect_bundle",
            "Hold the files that a bundle touches against its hashes",
            Effect.READ,
            args=f"{tools}:DirectedArgs",
            handler=f"{tools}:inspect",
        ),
        ToolSpec(
            "check_bundle",
            "Make a bundle's change in memory and check the result",
            Effect.READ,
            args=f"{tools}:DirectedArgs",
            handler=f"{tools}:check",
        ),
        ToolSpec(
            "apply_bundle",
            "Make a bundle's change in the user's tree, all of it or none",
            Effect.WRITE,
            args=f"{tools}:BundleArgs",
            handler=f"{tools}:apply",
            reconcile=f"{tools}:reconcile_apply",
        ),
        ToolSpec(
            "rollback_bundle",
            "Take a bundle's change back, byte for byte",
            Effect.WRITE,
            args=f"{tools}:BundleArgs",
            handler=f"{tools}:rollback",
            reconcile=f"{tools}:reconcile_rollback",
        ),
    )


@hookimpl
def rusta_checks() -> Iterable[CheckSpec]:
    checks = "rusta_conductor.doctor"
    return (
        CheckSpec("python", "Python and rusta's own versions", f"{checks}:check_python"),
        CheckSpec("home", "the state folder", f"{checks}:check_home"),
        CheckSpec("sandbox", "the rungs of the sandbox ladder", f"{checks}:check_sandbox"),
        CheckSpec("native", "the native library and launcher", f"{checks}:check_native"),
        CheckSpec("plugins", "plugins that were left out", f"{checks}:check_plugins"),
        CheckSpec("bundles", "bundles that were interrupted", f"{checks}:check_bundles"),
    )
