"""``RISKS.md``, a page with one line for each risky site, and the tool that holds such a page against the sources."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import Field

from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_plugin_example.tool import Census, CensusArgs, Site, Sources, risk_census
from rusta_schemas.base import Closed

PAGE = "RISKS.md"
HEAD = "# Sites to look at twice\n\n"
MOST = 1000
_LINE = re.compile(r"^- (\S+:\d+ \w+)\b", re.MULTILINE)


class PageArgs(Closed):
    """The page to judge."""

    page: str | None = Field(default=None, description="a proposed page; the one in the tree when it is left out")


class PageReport(Closed):
    """What is wrong with the page, and what the tree has at its place (None: nothing)."""

    present: str | None
    unlisted: tuple[str, ...] = Field(description="sites that the page does not name")
    unfounded: tuple[str, ...] = Field(description="what the page names and the sources do not have")


def name_of(site: Site) -> str:
    """How the page names a site."""
    return f"{site.path}:{site.line} {site.kind}"


def write_page(sites: Iterable[Site]) -> str:
    """The page for these sites."""
    lines = dict.fromkeys(f"- {name_of(site)}: `{site.text}`\n" for site in sites)
    return HEAD + "".join(lines)


def risk_page(args: PageArgs, context: ToolContext) -> ToolResult:
    """Hold a page against the sources as they are.

    Raises:
        ToolError: the domain laid out no workspace with sources, or there are too many sites for a page.
    """
    census = risk_census(CensusArgs(limit=MOST), context).data
    workspace = context.workspace
    assert isinstance(workspace, Sources)  # or the census would have refused
    assert isinstance(census, Census)
    if sum(census.counts.values()) > MOST:
        raise ToolError(f"{sum(census.counts.values())} sites are more than a page is good for ({MOST})")
    present = workspace.read_base(PAGE).decode("utf-8", "replace") if PAGE in workspace.base else None
    found = {name_of(site) for site in census.sites}
    page = args.page if args.page is not None else present
    named = set(_LINE.findall(page or ""))
    report = PageReport(present=present, unlisted=tuple(sorted(found - named)), unfounded=tuple(sorted(named - found)))
    wrong = len(report.unlisted) + len(report.unfounded)
    return ToolResult(f"{len(found)} sites, {f'{wrong} lines are wrong' if wrong else 'the page is right'}", report)
