"""The runtime's own plugin: its commands and checks go through the same hooks as everybody's."""

from __future__ import annotations

from collections.abc import Iterable

from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import CheckSpec, CommandSpec


@hookimpl
def rusta_commands() -> Iterable[CommandSpec]:
    cli = "rusta_conductor.cli"
    return (
        CommandSpec("apply", "Apply a proved patch bundle to its tree", f"{cli}.bundle:apply"),
        CommandSpec(
            "rollback", "Take an applied bundle back, byte for byte", f"{cli}.bundle:rollback"
        ),
        CommandSpec("episodes", "List episodes and how they ended", f"{cli}.episodes:episodes"),
        CommandSpec("resume", "Take up a parked or interrupted episode", f"{cli}.episodes:resume"),
        CommandSpec("fork", "Begin a new episode from a step of another", f"{cli}.episodes:fork"),
        CommandSpec(
            "replay", "Run an episode again from its log, with no tools", f"{cli}.replay:replay"
        ),
        CommandSpec(
            "golden", "Keep an episode as a golden session, or check one", f"{cli}.golden:golden"
        ),
        CommandSpec("devlog", "Look into, check and export the log", "rusta_devlog.cli:devlog"),
        CommandSpec(
            "plugins",
            "List plugins, what they declare, and what is wrong",
            f"{cli}.plugins:plugins",
        ),
        CommandSpec(
            "doctor", "Check this machine for everything rusta uses", f"{cli}.doctor:doctor"
        ),
        CommandSpec(
            "completion", "Print the shell completion script", f"{cli}.completion:completion"
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
    )
