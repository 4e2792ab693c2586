"""Pictures as files: PNG, SVG, or one HTML page with several of them."""

from __future__ import annotations

import html
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rusta_burst.connectome.model import Connectome
from rusta_burst.errors import InvalidInput
from rusta_burst.exchange.whole import void, write_text, write_whole
from rusta_burst.pictures import activity, structure
from rusta_burst.pictures.style import drawing
from rusta_burst.storage.recordings import Recording

OF_CONNECTOME = {"weights": structure.weights, "areas": structure.areas}
OF_RUN = {"raster": activity.raster, "rates": activity.rates, "potentials": activity.potentials}
KINDS = (*OF_RUN, *OF_CONNECTOME)
SUFFIXES = (".png", ".svg", ".html")


def draw(kind: str, connectome: Connectome, recording: Recording | None) -> Any:
    """One picture as a matplotlib figure.

    Raises:
        InvalidInput: no such picture, or it needs a recording.
        MissingExtra: matplotlib is not installed.
    """
    if kind in OF_CONNECTOME:
        return OF_CONNECTOME[kind](connectome)
    if kind not in OF_RUN:
        raise InvalidInput(f"there is no picture {kind!r}; there are: {', '.join(KINDS)}")
    if recording is None:
        raise InvalidInput(f"the picture {kind!r} needs a recording; give one with --run RUN.spikes")
    return OF_RUN[kind](connectome, recording)


def save_picture(figure: Any, path: Path) -> None:
    """Write one figure; the ending of the name says as what.

    Raises:
        InvalidInput: another ending than .png, .svg or .html.
        BurstError: it cannot be written.
    """
    suffix = _suffix(path)
    if suffix == ".html":
        write_text(path, page("connectome", {"": figure}, {}))
        return
    meta = {"Date": None} if suffix == ".svg" else {"Software": None}
    kind = suffix[1:]
    with drawing():  # the salt of SVG's identities is one of the settings
        write_whole(path, lambda place: void(figure.savefig(place, format=kind, metadata=meta)))


def save_page(title: str, figures: Mapping[str, Any], facts: Mapping[str, str], path: Path) -> None:
    """Write several figures as one HTML page that needs nothing else, with a table of facts above them.

    Raises:
        BurstError: it cannot be written.
    """
    write_text(path, page(title, figures, facts))


def page(title: str, figures: Mapping[str, Any], facts: Mapping[str, str]) -> str:
    """The text of such a page: no scripts, nothing from elsewhere."""
    rows = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in facts.items())
    parts = [
        f"<section><h2>{html.escape(name)}</h2>{_svg(figure)}</section>"
        if name
        else f"<section>{_svg(figure)}</section>"
        for name, figure in figures.items()
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_CSS}</style></head><body><h1>{html.escape(title)}</h1>"
        f"<table>{rows}</table>{''.join(parts)}</body></html>\n"
    )


def _svg(figure: Any) -> str:
    buffer = io.StringIO()
    with drawing():
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"{path}: the ending must be one of {', '.join(SUFFIXES)}")
    return suffix


_CSS = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "h1{font-size:1.4rem}h2{font-size:1.05rem;margin:1.6rem 0 .3rem}svg{width:100%;height:auto}"
    "table{border-collapse:collapse}th{text-align:left;font-weight:500;color:#666}td,th{padding:.1rem .8rem .1rem 0}"
)
