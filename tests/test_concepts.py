"""The documentation of what can be chosen is the registries', and its curves are the engine's."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import mlp
from scripts.concepts import HEIGHT, SPAN, WIDTH, pages, written

REGISTRIES = {
    "activations": mlp.ACTIVATIONS,
    "losses": mlp.LOSSES,
    "optimizers": mlp.OPTIMIZERS,
    "schedules": mlp.SCHEDULES,
    "initializers": mlp.INITIALIZERS,
    "datasets": mlp.DATASETS,
    "features": mlp.FEATURES,
}


def test_what_stands_in_the_folder_is_what_the_registries_say():
    assert written() == pages(), "run: python -m scripts.concepts"


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_entry_has_its_words_and_its_formula(kind):
    page = pages()[f"{kind}.md"]
    for entry in REGISTRIES[kind].values():
        told = page.partition(f"## {entry.label}\n")[2].partition("\n## ")[0]
        assert entry.help in told
        assert getattr(entry, "formula", "") in told if isinstance(getattr(entry, "formula", ""), str) else True
    assert "None" not in re.sub(r"`[^`]*`|```.*?```", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", mlp.ACTIVATIONS)
def test_a_curve_is_the_engines(name):
    rule = mlp.ACTIVATIONS[name]
    slope, value = ET.fromstring(pages()[f"{name}.svg"]).findall("{*}polyline")
    for line, function in ((slope, rule.slope), (value, rule.value)):
        x, y = np.array([pair.split(",") for pair in line.get("points").split()], dtype=float).T
        z = x / WIDTH * 2 * SPAN - SPAN
        np.testing.assert_allclose(z, np.linspace(-SPAN, SPAN, len(z)), atol=0.005)
        drawn = 2.0 - y / HEIGHT * 3.5
        np.testing.assert_allclose(drawn, np.clip(function(np.linspace(-SPAN, SPAN, len(z))), -1.5, 2.0), atol=0.01)
