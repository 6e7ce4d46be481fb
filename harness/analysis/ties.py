"""Ties and ranks.

Two subjects are told apart when the 95 % interval of their ratio lies wholly outside [1/(1 + margin), 1 + margin];
otherwise they are tied. So if they truly differ by no more than the margin, at most one comparison in forty
calls the wrong one better.

Being tied isn't transitive: the first may be tied with the second, the second with the third, and the first be
better than the third. Ranks respect that: a subject's rank is one more than the number of subjects that are better
than it, directly or through others. Thus equal ranks always are ties, while a tie may span ranks.
"""

import numpy as np
from numpy.typing import NDArray

from harness.model.findings import Estimate

type Relation = NDArray[np.bool_]


def is_tied(ratio: Estimate, margin: float) -> bool:
    """Whether a ratio's interval reaches into the margin around 1."""
    return ratio.low <= 1 + margin and ratio.high >= 1 / (1 + margin)


def ranks(better: Relation) -> list[int]:
    """Ranks from 1, given which subject (row) was told apart as better than which (column)."""
    return [1 + int(count) for count in _through_others(better).sum(axis=0)]


def _through_others(better: Relation) -> Relation:
    """The transitive closure, by S. Warshall, "A Theorem on Boolean Matrices", Journal of the ACM 9, 1962."""
    closure = better.copy()
    for middle in range(len(closure)):
        closure |= closure[:, [middle]] & closure[[middle], :]
    np.fill_diagonal(closure, val=False)
    return closure
