"""When each request of a window was due, and how long it took, as text.

Which requests a stall of the host had a part in is seen by when they arrived. That can be looked at again, with other
constants and by other methods, only where each request was kept. It takes some four characters a request: times of
arrival to 10 microseconds, a hundredth of what stalls are known to; latencies to 3 digits, as in a histogram.
"""

import binascii
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

_ARRIVAL_NS: Final = 10_000
_LATENCY_NS: Final = 100
_SIGNIFICANT_DIGITS: Final = 3
_WORD: Final = np.dtype("<u4")


@dataclass(frozen=True)
class ArrivalLog:
    """Requests in the order in which they were due; times in ns, arrivals from the beginning of the counted stretch."""

    arrivals_ns: NDArray[np.int64]
    latencies_ns: NDArray[np.int64]

    @classmethod
    def of(cls, arrivals_ns: NDArray[np.int64], latencies_ns: NDArray[np.int64]) -> Self:
        """Of requests in any order."""
        order = np.argsort(arrivals_ns, kind="stable")
        return cls(arrivals_ns[order], latencies_ns[order])

    def encode(self) -> str:
        """Base64 of what zlib makes of two rows of numbers: steps from one arrival to the next, and latencies.

        Their first bytes come first, then their second ones, and so on: the higher ones are nearly all the same.
        """
        steps = np.diff(np.rint(self.arrivals_ns / _ARRIVAL_NS).astype(np.int64), prepend=0)
        rows = np.concatenate((steps, _rounded(self.latencies_ns / _LATENCY_NS))).astype(_WORD)
        planes = rows.view(np.uint8).reshape(-1, _WORD.itemsize).T
        return b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")

    @classmethod
    def decode(cls, encoded: str) -> Self:
        """Read what `encode` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            planes = np.frombuffer(zlib.decompress(b64decode(encoded, validate=True)), dtype=np.uint8)
            rows = np.ascontiguousarray(planes.reshape(_WORD.itemsize, 2, -1).transpose(1, 2, 0)).view(_WORD)
        except (binascii.Error, zlib.error, ValueError) as error:
            raise ValueError(f"this is no encoded arrival log: {error}") from error
        steps, latencies = rows[..., 0].astype(np.int64)
        return cls(steps.cumsum() * _ARRIVAL_NS, latencies * _LATENCY_NS)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    digits = _SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(np.maximum(values, 1.0)))
    scale = 10.0 ** np.minimum(digits, 0)
    return np.asarray(np.minimum(np.rint(values * scale) / scale, np.iinfo(_WORD).max))
