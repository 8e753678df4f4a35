"""Layers and neurons are called alike in Python and in the browser: one table of cases for both."""

import json
from pathlib import Path

import pytest

from playground.run.names import layer_name, layer_names, unit_name

CASES = json.loads((Path(__file__).parents[1] / "names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("sizes", "layer", "unit", "name"), CASES["unit"])
def test_a_unit_is_called_as_in_the_table(sizes, layer, unit, name):
    assert unit_name(layer, unit, sizes, CASES["inputs"]) == name


@pytest.mark.parametrize("names", CASES["layers"])
def test_layers_are_called_as_in_the_table(names):
    assert layer_names(len(names)) == names
    in_words = [layer_name(k, len(names)) for k in range(1, len(names) + 1)]
    assert in_words == [*names[:-1], "the output layer"]


def test_an_input_without_a_name_is_numbered():
    assert unit_name(0, 1, (2, 1)) == "input 2"
