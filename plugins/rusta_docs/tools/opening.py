"""The library that a call of a tool works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rusta_conductor.errors import ToolError, UsageError
from rusta_conductor.tool import ToolContext
from rusta_docs.library import Library
from rusta_docs.toolchains import library_for


@contextmanager
def library_of(context: ToolContext) -> Iterator[Library]:
    """The documentation of the workspace's toolchain; without a workspace, of the toolchain in use.

    Raises:
        ToolError: there is no toolchain.
    """
    toolchain: Any = getattr(context.workspace, "toolchain", None)
    try:
        made = library_for(Path.cwd(), context.home) if toolchain is None else Library.of(toolchain, context.home)
    except UsageError as error:
        raise ToolError(f"no documentation: {error}") from None
    with made as library:
        yield library
