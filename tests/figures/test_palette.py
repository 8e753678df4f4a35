"""The palette is readable, and can be told apart by people with any kind of colour vision."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from playground.figures.palette import THEMES, Palette, layer_colour

# Machado, Oliveira and Fernandes 2009, https://doi.org/10.1109/TVCG.2009.113: how linear RGB is seen without one
# of the three kinds of cones.
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
D65 = np.array([0.95047, 1.0, 1.08883])

# CIE76 differences; about 2 is just noticeable. Classes have shapes as well, so that ten of them may stand
# closer together than the few that datasets of the playground have.
BETWEEN_ENDS, BETWEEN_3, BETWEEN_6, BETWEEN_10 = 80, 22, 18, 11
TEXT, GRAPHICS = 4.5, 3.0  # WCAG 2.2, criteria 1.4.3 and 1.4.11

themes = pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)


def linear(colour: str) -> np.ndarray:
    """Hexadecimal sRGB -> linear RGB (3,)."""
    c = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> np.ndarray:
    t = RGB_TO_XYZ @ np.clip(VISIONS[vision] @ linear(colour), 0, 1) / D65
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str, vision: str) -> float:
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def test_contrast_is_the_textbooks():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@themes
def test_words_can_be_read(palette: Palette):
    for name in ("text", "muted"):
        for ground in ("background", "panel"):
            ratio = contrast(getattr(palette, name), getattr(palette, ground))
            assert ratio >= TEXT, f"{name} on {ground}: {ratio:.2f}"
    assert contrast(palette.background, palette.positive) >= TEXT, "the Play button's word"


@themes
def test_what_is_drawn_stands_out(palette: Palette):
    drawn = {name: getattr(palette, name) for name in ("negative", "positive", "train", "test", "muted")}
    drawn |= {f"class {c}": colour for c, colour in enumerate(palette.classes)}
    for name, colour in drawn.items():
        for ground in ("background", "panel", "neutral"):
            ratio = contrast(colour, getattr(palette, ground))
            assert ratio >= GRAPHICS, f"{name} on {ground}: {ratio:.2f}"
    for layer, colour in enumerate(palette.layers):
        assert contrast(colour, palette.background) >= GRAPHICS, f"curve of layer {layer}"


@pytest.mark.parametrize("vision", VISIONS)
@themes
def test_signs_and_classes_stay_apart_for_every_eye(palette: Palette, vision: str):
    assert difference(palette.negative, palette.positive, vision) >= BETWEEN_ENDS
    for (a, one), (b, other) in combinations(enumerate(palette.classes), 2):
        bound = BETWEEN_3 if b < 3 else BETWEEN_6 if b < 6 else BETWEEN_10
        assert difference(one, other, vision) >= bound, f"classes {a} and {b}"


@themes
def test_layers_have_the_colours_that_the_stage_gives_them(palette: Palette):
    table = json.loads((Path(__file__).parents[1] / "layer_colours.json").read_text(encoding="utf-8"))["colours"]
    for n, wanted in table.items():
        found = [layer_colour(palette, layer, int(n)) for layer in range(int(n))]
        assert found == [palette.layers[k] for k in wanted], f"{n} layers"
