"""Numbers are written alike in Python and in the browser: one table of cases for both."""

import json
from pathlib import Path

import pytest

from playground.run.number import percent, say

CASES = json.loads((Path(__file__).parents[1] / "numbers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("x", "text"), CASES["say"])
def test_a_number_is_said_as_in_the_table(x, text):
    assert say(float(x)) == text


@pytest.mark.parametrize(("x", "text"), CASES["percent"])
def test_a_share_is_said_as_in_the_table(x, text):
    assert percent(float(x)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.5449, "54 %"), (0.995, "100 %"), (1.234, "120 %"), (0.0423, "4.2 %"), (2e-7, "2×10⁻⁵ %")],
)
def test_a_share_may_have_so_many_figures(share, text):
    assert percent(share, 2) == text
