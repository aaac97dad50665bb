"""Rows of a table that belong together because they share a value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

__all__ = ["connected_rows"]


def connected_rows(*columns: Sequence[object] | pd.Series) -> NDArray[np.int64]:
    """(n,) number of each row's group, in the order of their first rows.

    Rows that share a value of any column are one group, over any number of steps; a missing value joins nothing.
    """
    count = nodes = len(columns[0])
    rows, values = [], []
    for column in columns:
        codes, distinct = pd.factorize(pd.Series(list(column), dtype=object))
        known = codes >= 0
        rows.append(np.flatnonzero(known))
        values.append(codes[known] + nodes)
        nodes += len(distinct)
    row, value = np.concatenate(rows), np.concatenate(values)
    graph = coo_matrix((np.ones(len(row), bool), (row, value)), shape=(nodes, nodes))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1][:count]
    return np.asarray(pd.factorize(labels)[0], np.int64)
