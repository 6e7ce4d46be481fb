"""Tables of quantities of which each round gives one value, such as a start-up time or a number of subscribers held."""

from collections.abc import Mapping, Sequence

import numpy as np

from harness.analysis.estimates import RESOLUTION_VARIANCE
from harness.analysis.table import Table

type ByRound = Mapping[int, float]
"""A positive value for each round that has one."""


def per_round_table(values: Sequence[ByRound]) -> Table:
    """The logarithms of a quantity; one row for each of `values`."""
    rounds = sorted({index for each in values for index in each})
    columns = np.full((len(values), len(rounds)), np.nan)
    for row, each in enumerate(values):
        for column, index in enumerate(rounds):
            if each.get(index, 0.0) > 0:
                columns[row, column] = np.log(each[index])
    present = ~np.isnan(columns)
    counts = present.sum(axis=1)
    sums = np.where(present, columns, 0.0).sum(axis=1)
    means = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    return Table(columns, means, present, np.full(len(values), RESOLUTION_VARIANCE))
