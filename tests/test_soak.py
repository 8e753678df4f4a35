"""The soak test in small: who does whatever comes to mind gets the engine's own rows, and the log stays clean."""

import asyncio

import numpy as np
import pytest

from scripts.soak import ACTS, ERRORS, compare, soak
from tests.browser.harness import serve


def test_visitors_who_do_whatever_comes_to_their_minds_get_the_engines_own_rows():
    with serve() as server:
        visitors, done = asyncio.run(soak(server, n=8, seconds=8, seed=12))
        said = server.output()
    assert not ERRORS.search(said), said[-5000:]
    assert [x for visitor in visitors for x in visitor.exceptions] == []
    assert len(done) > len(ACTS) // 2
    n_rows, n_runs = compare(visitors, seconds=10)
    assert n_rows > 200
    assert n_runs > 4
    # A row that is off by a bit would have been noticed.
    run, rows = next((run, rows) for run, rows in visitors[0].rows.items() if rows)
    row = rows[max(rows)]
    row[-1] = np.nextafter(row[-1], np.inf, dtype=row.dtype)
    visitors[0].rows = {run: rows}
    with pytest.raises(AssertionError, match=f"step {max(rows)}"):
        compare(visitors[:1])
