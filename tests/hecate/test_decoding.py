"""The native decoder computes what the NumPy network computes, byte by byte."""

from __future__ import annotations

import numpy as np
import pytest
from test_int8_reading import pair

from rusta_hecate.inference.decoder import Decoder
from rusta_hecate.inference.network import symbols_of
from rusta_hecate.kernels.binding import library
from rusta_hecate.model.config import ModelConfig

CONFIGS = [
    ModelConfig(width=32, layers=2, heads=2, window=16, hidden=64, ngrams=(2, 3), buckets=64),
    ModelConfig(width=24, layers=1, heads=3, window=5, hidden=40, mlp="swiglu", tied=True),
    ModelConfig(width=16, layers=2, heads=2, window=300, hidden=16, rotary=False),
]


@pytest.mark.parametrize(
    "native", [pytest.param(True, marks=pytest.mark.skipif(library() is None, reason="not built")), False]
)
@pytest.mark.parametrize("config", CONFIGS)
def test_one_byte_at_a_time_gives_what_the_whole_text_gives(config: ModelConfig, native: bool) -> None:
    _, network = pair(config)
    symbols = symbols_of(bytes(range(40, 100)) + b"\0\xff\0\xff")[0]
    _, expected = network.read(network.start(), symbols[None])
    decoder = Decoder(network, native=native)
    assert decoder.native is native
    first = decoder.read(symbols[:7])
    rest = [decoder.read(symbols[i : i + 1]) for i in range(7, len(symbols))]
    np.testing.assert_allclose(np.concatenate((first, *rest)), expected[0], atol=3e-3, rtol=3e-3)


@pytest.mark.skipif(library() is None, reason="the native library is not built")
def test_an_input_that_is_no_byte_is_refused() -> None:
    _, network = pair(CONFIGS[0])
    with pytest.raises(ValueError, match="0 to 256"):
        Decoder(network, native=True).read(np.array([300]))
