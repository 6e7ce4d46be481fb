"""Latencies in log-bucketed histograms, laid out and exchanged as HdrHistogram does.

The layout is that of Gil Tene's HdrHistogram (https://hdrhistogram.github.io/HdrHistogram/): each power of two
is cut into equally wide buckets, so that a value is known to 3 significant digits from 1 ns to 1 h. Histograms of
this layout merge exactly, by adding counts; percentiles never are averaged.
"""

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from hdrh.codec import HdrHistogramEncoder
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

LOWEST_NS: Final = 1
HIGHEST_NS: Final = 3_600_000_000_000
"""One hour; what took longer is counted there."""
SIGNIFICANT_DIGITS: Final = 3

_HALF_MAGNITUDE: Final = 10
"""Each power of two has 2**10 buckets: the least that keeps 3 significant digits."""
_HALF_COUNT: Final = 1 << _HALF_MAGNITUDE
_OCTAVES: Final = HIGHEST_NS.bit_length() - _HALF_MAGNITUDE + 1
_BUCKETS: Final = _OCTAVES << _HALF_MAGNITUDE

_COMPRESSED_V2: Final = 0x1C849314
_INNER_HEADER: Final = 40
"""Bytes before the counts."""


class Histogram:
    """Counts of integer values in nanoseconds.

    A value that is read back is the highest one of its bucket, at most 0.1 % above what was recorded.
    """

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: NDArray[np.int64] = np.zeros(_BUCKETS, dtype=np.int64)

    def record_many(self, values_ns: NDArray[np.int64]) -> None:
        """Count each value; below 0 counts as 0, above one hour as one hour."""
        if not values_ns.size:
            return
        indices = _bucket_of(np.clip(values_ns, 0, HIGHEST_NS))
        first = int(indices.min())
        counted = np.bincount(indices - first)
        self._counts[first : first + counted.size] += counted

    def add(self, other: "Histogram") -> None:
        """Merge the counts of `other` into this histogram; exact."""
        self._counts += other._counts  # noqa: SLF001 - of the same class

    @property
    def total(self) -> int:
        """How many values were recorded."""
        return int(self._counts.sum())

    @property
    def min(self) -> int:
        """The lowest value that the lowest recorded one may have had; 0 if empty."""
        used = np.flatnonzero(self._counts)
        return int(_LOWEST[used[0]]) if used.size else 0

    @property
    def max(self) -> int:
        """The highest value that the highest recorded one may have had; 0 if empty."""
        used = np.flatnonzero(self._counts)
        return int(_HIGHEST[used[-1]]) if used.size else 0

    @property
    def mean(self) -> float:
        """Mean of the buckets' midpoints, weighted by their counts; 0 if empty."""
        total = self.total
        return float(self._counts @ ((_LOWEST + _HIGHEST) / 2)) / total if total else 0.0

    def value_at(self, quantile: float) -> int:
        """The value that this share of all values does not exceed, in ns; 0 if empty.

        The rank is rounded to the nearest whole one, as HdrHistogram does.

        Raises:
            ValueError: `quantile` is not between 0 and 1.
        """
        return self.values_at((quantile,))[0]

    def values_at(self, quantiles: Sequence[float]) -> list[int]:
        """The same of several: most of the work is done once.

        Raises:
            ValueError: one of them is not between 0 and 1.
        """
        for quantile in quantiles:
            if not 0 <= quantile <= 1:
                raise ValueError(f"a quantile lies between 0 and 1, not at {quantile}")
        used = np.flatnonzero(self._counts)
        if not used.size:
            return [0] * len(quantiles)
        cumulated = self._counts[used].cumsum()
        total = int(cumulated[-1])
        ranks = [max(1, int(quantile * total + 0.5)) for quantile in quantiles]
        return [int(each) for each in _HIGHEST[used[np.searchsorted(cumulated, ranks)]]]

    def curve(self) -> list[tuple[float, int]]:
        """Quantile and value in ns of each bucket in use, ascending: the whole distribution.

        The quantile is the share of values up to and including that bucket; the last one is 1.
        """
        used = np.flatnonzero(self._counts)
        if not used.size:
            return []
        cumulated = self._counts[used].cumsum()
        shares = cumulated / cumulated[-1]
        return list(zip(shares.tolist(), _HIGHEST[used].tolist(), strict=True))

    def buckets(self) -> list[tuple[int, int]]:
        """Highest value in ns and count of each bucket in use, ascending."""
        values, counts = self.columns()
        return list(zip(values.tolist(), counts.tolist(), strict=True))

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The same as two columns."""
        used = np.flatnonzero(self._counts)
        return _HIGHEST[used], self._counts[used]

    def encode(self) -> str:
        """The histogram in HdrHistogram's compressed V2 format, as base64."""
        carrier = HdrHistogram(LOWEST_NS, HIGHEST_NS, SIGNIFICANT_DIGITS)
        np.frombuffer(carrier.counts, dtype=np.int64)[:] = self._counts
        carrier.total_count = self.total
        carrier.min_value, carrier.max_value = self.min, self.max
        return str(carrier.encode(), "ascii")

    @classmethod
    def decode(cls, encoded: str) -> Self:
        """Read what `encode`, or another HdrHistogram of the same layout, wrote.

        Raises:
            ValueError: it is no HdrHistogram, or one of another range or precision.
        """
        try:
            carrier = HdrHistogramEncoder.decode(encoded)
            header = carrier.payload
            layout = header.significant_figures, header.lowest_trackable_value, header.highest_trackable_value
            if layout == (SIGNIFICANT_DIGITS, LOWEST_NS, HIGHEST_NS):
                carrier.init_counts(_BUCKETS)
        except Exception as error:  # the codec raises several unrelated types for damaged input
            raise ValueError(f"this is no encoded HdrHistogram: {error}") from error
        if layout != (SIGNIFICANT_DIGITS, LOWEST_NS, HIGHEST_NS):
            raise ValueError("this HdrHistogram has another range or precision than 1 ns to 1 h with 3 digits")
        histogram = cls()
        histogram._counts = np.frombuffer(carrier.counts, dtype=np.int64)
        return histogram


def see_to(encoded: str) -> None:
    """Check what `Histogram.encode` wrote without decoding it, which takes many times as long.

    The layout is that of HdrHistogram's compressed V2 format: a cookie, a length, and a zlib stream with a checksum of
    its own, which begins with a cookie, two lengths, the number of digits and the range.

    Raises:
        ValueError: it is no HdrHistogram, or one of another range or precision.
    """
    try:
        whole = base64.b64decode(encoded, validate=True)
        cookie, length = struct.unpack_from(">ii", whole)
        inner = zlib.decompress(whole[8:])
        _, payload, _, digits, lowest, highest = struct.unpack_from(">iiiiqq", inner)
    except (ValueError, struct.error, zlib.error) as error:
        raise ValueError(f"this is no encoded HdrHistogram: {error}") from error
    if cookie != _COMPRESSED_V2 or length != len(whole) - 8 or payload != len(inner) - _INNER_HEADER:
        raise ValueError("this is no encoded HdrHistogram: it is longer or shorter than it says")
    if (digits, lowest, highest) != (SIGNIFICANT_DIGITS, LOWEST_NS, HIGHEST_NS):
        raise ValueError("this HdrHistogram has another range or precision than 1 ns to 1 h with 3 digits")


def _bucket_of(values_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    # frexp gives the bit length: exact, since all values are far below 2**53.
    bits = np.frexp(values_ns.astype(np.float64))[1].astype(np.int64)
    octave = np.maximum(bits - (_HALF_MAGNITUDE + 1), 0)
    return (octave << _HALF_MAGNITUDE) + (values_ns >> octave)


def _bounds() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    index = np.arange(_BUCKETS, dtype=np.int64)
    octave = np.maximum((index >> _HALF_MAGNITUDE) - 1, 0)
    lowest = (index - (octave << _HALF_MAGNITUDE)) << octave
    return lowest, lowest + (np.int64(1) << octave) - 1


_LOWEST, _HIGHEST = _bounds()
