"""Pictures: real files of their kind, that say what they show, and nothing from elsewhere."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from burst_worlds import example

from rusta_burst import Connectome, InvalidInput, Neurons
from rusta_burst.pictures.live import LiveView
from rusta_burst.pictures.saving import KINDS, draw, save_page, save_picture
from rusta_burst.running.drives import Background
from rusta_burst.running.machine import Machine, Settings
from rusta_burst.storage.recordings import Recorder, Recording


def run(watched: tuple[int, ...] = (0, 10), bursts: int = 20) -> tuple[Connectome, Recording]:
    machine = Machine(example(), Settings(drives=(Background("front", 60_000, 0.3),)))
    recorder = Recorder(0, watched)
    for _ in range(bursts):
        recorder.note(machine.step().fired, machine.network.potentials)
    return machine.connectome, recorder.recording({"seed": 0})


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_is_drawn(kind: str, tmp_path: Path) -> None:
    made, recording = run()
    figure = draw(kind, made, recording)
    save_picture(figure, tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert text.rstrip().endswith("</svg>")


def test_a_png_is_a_png_of_some_size(tmp_path: Path) -> None:
    made, recording = run()
    save_picture(draw("raster", made, recording), tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") > 800


def test_the_same_run_gives_the_same_picture(tmp_path: Path) -> None:
    made, recording = run()
    for name in ("a.svg", "b.svg"):
        save_picture(draw("rates", made, recording), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_page_needs_nothing_else_and_escapes_what_it_is_given(tmp_path: Path) -> None:
    made, recording = run()
    save_page("<b>", {"raster": draw("raster", made, recording)}, {"areas": "<script>x</script>"}, tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    for outside in ('src="http', 'href="http', "@import", "url(http"):
        assert outside not in text


def test_pictures_of_nothing_say_so(tmp_path: Path) -> None:
    made = Connectome.of(["a"], Neurons.of(3))
    silent = Recorder(0).recording({})
    for kind in ("raster", "rates", "weights", "areas"):
        save_picture(draw(kind, made, silent), tmp_path / f"{kind}.svg")


def test_what_cannot_be_drawn_is_refused_by_name(tmp_path: Path) -> None:
    made, recording = run(watched=())
    with pytest.raises(InvalidInput, match="run again with --watch"):
        draw("potentials", made, recording)
    with pytest.raises(InvalidInput, match="needs a recording"):
        draw("raster", made, None)
    with pytest.raises(InvalidInput, match="there is no picture 'film'"):
        draw("film", made, recording)
    with pytest.raises(InvalidInput, match="the ending must be one of"):
        save_picture(draw("weights", made, None), tmp_path / "a.gif")
    with pytest.raises(InvalidInput, match="is not in the connectome"):
        draw("raster", Connectome.of(["a"], Neurons.of(3)), recording)


def test_a_long_busy_run_becomes_a_density() -> None:
    recorder = Recorder(0)
    for _ in range(4000):
        recorder.note(np.arange(20, dtype=np.uint32))
    figure = draw("raster", example(), recorder.recording({}))
    assert any(axes.images for axes in figure.axes)


def test_the_live_view_shows_every_area() -> None:
    from rich.console import Console

    machine = Machine(example(), Settings(drives=(Background("front", 60_000),)))
    view = LiveView(machine, 30.0)
    for _ in range(3):
        view.note(machine.step(), 0.001)
    out = io.StringIO()
    Console(width=140, file=out).print(view.render())
    text = out.getvalue()
    assert "front" in text
    assert "100.00 %" in text
    assert "burst 2: 20 fired (front 10, back 10)" in text
    assert "3 bursts, 50 spikes" in view.summary()
