"""The visual language as a style sheet: custom properties for every size of type, space, corner, time and colour.

It stands in the head of every page, of those too that need no server; no other style sheet has such numbers of its own.
"""

from __future__ import annotations

from dataclasses import asdict

from playground.figures.palette import CODE, DARK, KEYWORD, LIGHT, POINTER, STRONG
from playground.figures.scale import CORNER, MOTION, PROJECTOR, ROOT, SPACE, TALK, TOUCH, TYPE, Step

FIRST_GROWTH = 1440
"""Pixels of width, or of height at 16 to 10, from which on type grows with the window"""
GROWTH = 0.0075
"""So many pixels of type for each pixel beyond that"""
IN_HAND = "(max-width: 700px), (max-aspect-ratio: 4/5)"
"""Where a talk is on a phone"""
COLOURS = ("background", "panel", "text", "muted", "grid", "negative", "neutral", "positive")
"""The colours of a palette that are those of a page; the others belong to what is drawn"""

_DOT = "%3Ccircle cx='20' cy='20' r='13' fill='%23{colour}' stroke='white' stroke-width='4'/%3E"
_SVG = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='40' height='40'%3E{shape}%3C/svg%3E"


def style() -> str:
    """The sheet.

    Its first rule gives the root its type: what the visitor's browser has as its usual size, and more in a window
    larger than 1440 x 900. All sizes are in rem, so that Streamlit's own widgets grow along. `--magnify` is the
    projector's.
    """
    grown = f"100% + max(0px, min(100vw, 160vh) - {FIRST_GROWTH}px) * {GROWTH}"
    properties = {
        **{f"type-{name}": _rem(step) for name, step in TYPE.items()},
        **{f"space-{name}": _rem(step) for name, step in SPACE.items()},
        **{f"corner-{name}": _rem(step) for name, step in CORNER.items()},
        **{f"motion-{name}": f"{step.size}ms" for name, step in MOTION.items()},
        "touch": _rem(TOUCH),
        **{name: _pair(asdict(LIGHT)[name], asdict(DARK)[name]) for name in COLOURS},
        **{f"strong-{name}": _pair(STRONG["light"][name], STRONG["dark"][name]) for name in STRONG["light"]},
        "code": _pair(CODE["light"], CODE["dark"]),
        "keyword": _pair(KEYWORD["light"], KEYWORD["dark"]),
        "shade": "rgb(0 0 0 / 25%)",  # under what lies over a page
        "veil": "rgb(0 0 0 / 45%)",  # over a page that waits
        "black": "#000000",  # nothing is to be seen
        "paper": "#ffffff",  # a code to be read by a camera stands on it
        "pointer": POINTER,
        "pointer-dot": f'url("{_SVG.format(shape=_DOT.format(colour=POINTER[1:]))}")',
        "light-background": LIGHT.background,
        "dark-background": DARK.background,
        **{f"talk-{name}": step.back_row for name, step in TALK.items()},
    }
    in_hand = {f"talk-{name}": step.in_hand for name, step in TALK.items()}
    return (
        f":root {{\n  font-size: calc(var(--magnify, 1) * ({grown}));\n{_lines(properties)}}}\n"
        f"@media {IN_HAND} {{ :root {{\n{_lines(in_hand)}}} }}\n"
        "@media print { :root { font-size: 100%; } }\n"
    )


def magnified() -> str:
    """The rule that makes everything on a page as large as a projector needs it."""
    return f":root {{ --magnify: {PROJECTOR}; }}"


def _pair(light: str, dark: str) -> str:
    """Which of two colours counts is decided where it is used, by the scheme of the element there."""
    return f"light-dark({light}, {dark})"


def _lines(properties: dict[str, str]) -> str:
    return "".join(f"  --{name}: {value};\n" for name, value in properties.items())


def _rem(step: Step) -> str:
    return f"{step.size / ROOT:g}rem"
