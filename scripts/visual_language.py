"""Write docs/visual_language.md: how the pages look, from the tables that they are made of.

python -m scripts.visual_language
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from playground.figures.palette import DARK, LIGHT
from playground.figures.scale import CORNER, MOTION, PROJECTOR, ROOT, SPACE, TALK, TOUCH, TYPE, Step
from playground.web.look import COLOURS, FIRST_GROWTH, GROWTH

PAGE = Path(__file__).parents[1] / "docs" / "visual_language.md"
SCREENS = ((1440, 900), (1920, 1080), (2560, 1440), (3840, 2160))
USES = {
    "background": "the page, and letters on blue",
    "panel": "boxes, buttons, fields",
    "text": "what is read, the cursor in a chart",
    "muted": "what is read second: notes, axes, borders of fields",
    "grid": "lines that part and frame",
    "negative": "below zero, and what is wrong",
    "neutral": "zero",
    "positive": "above zero, what is chosen, the one button that goes on, the focus",
}
_TEXT = """\
<!-- Written by `python -m scripts.visual_language` from the tables that pages are made of; a test holds it to them. -->
# Visual language

All pages look alike because they are made of the same few numbers. They stand in `playground/figures/palette.py`
(colours) and `playground/figures/scale.py` (sizes, spaces, corners, times). `playground/web/look.py` turns them into
custom properties in the head of every page, `shared/registry.js` hands them to what is drawn on a canvas, and
`playground/figures/look.py` to Plotly's figures. No other file has a font size, a colour or a time of its own; a test
reads them all.

![The playground on a large screen](images/playground-large.png)

## One number for the screen

The root of every page has type of {ROOT} pixels, or whatever its visitor has chosen as the usual size of the browser.
In a window larger than {FIRST_GROWTH} x {first_height} it grows by {GROWTH} pixels for each pixel of width, or of 1.6
times the height where that is less. The projector's look makes it {PROJECTOR} times as large.

{screens}

Every length is in `rem`, so that Streamlit's widgets, our components, and the sidebar grow together. What is drawn
takes the same number as `theme.zoom`: `font(theme, "tick")` is a canvas's font, `grown(MARGIN, theme)` are the
margins of a chart. Only borders and outlines, of one to three pixels, stay as they are. Layouts ask how much room
there is in `rem` too (`@container`), or in `em` (`@media`): larger type is like a smaller window. Magnifying in the
browser makes a window smaller in its own pixels, so it meets the same rules.

## Type

{type}

In a style sheet: `font-size: var(--type-note)`. Relative to the text around it, `em` is fine.

A talk is read from the back row. Its type is a share of the window's height, and another in the hand:

{talk}

## Spaces, corners

{space}

{corner}

`var(--space-near)`, `var(--corner-plain)`. Smaller gaps inside a component may be any quarter of a `rem`.

A finger needs {touch} pixels: `var(--touch)` is the least height and width of what is pressed on a phone.

## Motion

{motion}

`transition: opacity var(--motion-quick)`. Whatever moves by itself stands still under `prefers-reduced-motion`. While
a run plays, only what is drawn changes: no box moves or grows, because its height was there before.

## Colours

{colours}

`var(--text)` is right in light and in dark, by the scheme of the element that uses it. Classes, layers and runs have
lists of their own in the palette, and are told apart by shape or dash as well.

## Words

Names are written once: settings in `playground/run/config.py`, layers and neurons in `playground/run/names.py`
(`shared/names.js` writes the same), words that need an explanation in `playground/run/glossary.md`. A run *plays*,
*stands*, is *at its end*, or has *diverged*; the server *does not answer*. The sentence under the buttons says which,
in `stage/sentence.js`, and so does the text for those who do not see it, in `stage/spoken.js`. Sentences are for a
curious sixteen-year-old; an error says what was wrong, what is right, and what came instead.

## How a page begins

The name of the page is the tab that is lit. Then comes what the page is about, at once: the timeline where the page
follows a moment (`stage.show("timeline", show)`), the runs, the sheet. No page begins with a heading or a paragraph
about itself; parts further down have a `st.subheader`.

## How a panel is titled

One line above it, `h3` in `note`, half bold: what is to be seen, not what kind of chart it is ("What the network
thinks of every point"). A legend follows in the same line, in `tick` and `muted`. The sign beside it explains the
picture (`whatIsThis`). Axes are named with their units.
"""


def page() -> str:
    """The page."""
    rows = [(f"{w} x {h}", f"{root(w, h):.1f}") for w, h in SCREENS]
    return _TEXT.format(
        ROOT=ROOT, FIRST_GROWTH=FIRST_GROWTH, first_height=round(FIRST_GROWTH / 1.6), GROWTH=GROWTH,
        PROJECTOR=PROJECTOR, touch=TOUCH.size,
        screens=_table(("window", "pixels of the root's type"), rows),
        type=_steps("--type-", TYPE, "pixels"),
        talk=_table(("name", "back row", "hand", "for"),
                    ((f"`--talk-{n}`", f"`{s.back_row}`", s.in_hand, s.use) for n, s in TALK.items())),
        space=_steps("--space-", SPACE, "pixels"), corner=_steps("--corner-", CORNER, "pixels"),
        motion=_steps("--motion-", MOTION, "milliseconds"),
        colours=_table(("name", "light", "dark", "for"),
                       ((f"`--{n}`", f"`{asdict(LIGHT)[n]}`", f"`{asdict(DARK)[n]}`", USES[n]) for n in COLOURS)),
    )  # fmt: skip


def root(width: int, height: int) -> float:
    """Pixels of the root's type in a window, where the browser's usual size is the ordinary one."""
    return ROOT + GROWTH * max(0.0, min(width, 1.6 * height) - FIRST_GROWTH)


def _steps(prefix: str, steps: Mapping[str, Step], unit: str) -> str:
    return _table(("name", unit, "for"), ((f"`{prefix}{name}`", str(s.size), s.use) for name, s in steps.items()))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(heads), *map(tuple, rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
