"""The colours, once for light and once for dark, for Plotly figures and for the live stage alike.

Signed values (weights, activations, outputs) run from orange over a neutral ground to blue, which people
with any kind of colour blindness can tell apart; classes differ by shape as well. The class colours began as
Okabe and Ito's palette (https://jfly.uni-koeln.de/color/) and were moved apart as far as enough contrast lets
them; tests/figures/test_palette.py states how far that is.
"""

from __future__ import annotations

from dataclasses import dataclass

CLASS_SYMBOLS = (
    "circle", "diamond", "square", "triangle-up", "cross", "star", "pentagon", "x", "triangle-down", "hexagram",
)  # fmt: skip


@dataclass(frozen=True)
class Palette:
    """One theme's colours, as CSS hexadecimal."""

    background: str
    panel: str
    text: str
    muted: str
    grid: str
    negative: str
    neutral: str
    positive: str
    classes: tuple[str, ...]
    layers: tuple[str, ...]  # from the first layer to the last; `layer_colour` spreads them
    train: str
    test: str


LIGHT = Palette(
    background="#ffffff",
    panel="#f6f7f9",
    text="#1c2330",
    muted="#5b6475",
    grid="#dfe3ea",
    negative="#d9640a",
    neutral="#f4f5f7",
    positive="#1967d2",
    classes=(
        "#d9640a",
        "#1967d2",
        "#009f6d",
        "#b8539c",
        "#89773a",
        "#5d6465",
        "#7a4ced",
        "#c13922",
        "#3c8bbb",
        "#6b4a2b",
    ),
    layers=("#2b1a8f", "#6b1fb5", "#a8289a", "#d0446f", "#dd6f3b", "#b98a00"),
    train="#1c2330",
    test="#c2410c",
)
DARK = Palette(
    background="#0f131a",
    panel="#171c25",
    text="#e8ecf3",
    muted="#9aa5b8",
    grid="#2b3342",
    negative="#ff9a3d",
    neutral="#1e2430",
    positive="#5aa5ff",
    classes=(
        "#ff9a3d",
        "#5aa5ff",
        "#2fefc6",
        "#e4b98c",
        "#d6ee31",
        "#9aa5b8",
        "#b89ee7",
        "#ff7d8a",
        "#71d2ea",
        "#c89a6a",
    ),
    layers=("#8f8bff", "#c07cf5", "#f07bd0", "#ff8a8a", "#ffb066", "#ffe066"),
    train="#e8ecf3",
    test="#ff9a6b",
)


def layer_colour(palette: Palette, layer: int, n_layers: int) -> str:
    """The colour of a layer's curve; the stage's `layerColour` spreads them alike, halves rounded up."""
    return palette.layers[int(layer * (len(palette.layers) - 1) / max(1, n_layers - 1) + 0.5)]


STRONG = {
    "light": {"text": "#000000", "muted": "#2c3340", "grid": "#aab2bf"},
    "dark": {"text": "#ffffff", "muted": "#d5dae3", "grid": "#566074"},
}
"""What stands in place of the palette's colours where a projector washes them out, by theme."""
CODE = {"light": "#08762b", "dark": "#3dd56d"}
"""Words in quotation marks in a program, by theme."""
KEYWORD = {"light": "#155ec2", "dark": "#5aa5ff"}
"""The words of its language."""
POINTER = "#e11d48"
"""What a speaker points with: it is seen on every ground."""
CLASS_COLOURS = {
    "light": ("orange", "blue", "green", "pink", "olive", "grey", "violet", "red", "light blue", "brown"),
    "dark": ("orange", "blue", "turquoise", "beige", "yellow", "grey", "lilac", "pink", "light blue", "tan"),
}
"""What the colours of the classes are called in a sentence, by theme."""
THEMES = {"light": LIGHT, "dark": DARK}
