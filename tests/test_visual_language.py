"""Sizes of type, colours and times are written once: every page takes them from there, and the docs tell them."""

import re
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.figures.palette import THEMES
from playground.web import look
from scripts.visual_language import PAGE, USES, page

ROOT = Path(__file__).parents[1]
OWN = {"playground/figures/palette.py", "playground/figures/scale.py", "playground/web/look.py"}
PAPER = "playground/scenes/worksheet.css"  # in millimetres and points, black on white
READ = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("playground", "pages")
    for kind in ("css", "js", "py")
    for path in (ROOT / folder).rglob(f"*.{kind}")
    if path.name != "registry.js"
)
FAULTS = {
    "a colour": r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?\b|:\s*#[0-9a-fA-F]{3,4}\b"
    r"|\brgba?\(\d+[ ,]+\d+[ ,]+\d+(?! ?[,/] ?0\))",
    "a size of type": r"font-size:\s*[^;}]*\d(?:px|rem|vh|vw|pt)\b|\bfont:\s*[^;}\n]*?\d(?:px|rem|vh|vw|pt)\b"
    r"|fontSize: \"\d|\.font = [`\"](?:\w+ )?\d+px|[\"']?\w*font[\"']?: \{ ?[\"']?size[\"']?: \d",
    "a chart of Streamlit's, which has small type on a large screen": r"\.plotly_chart\(",
    "a time": r"(?:transition|animation)[\w-]*:[^;}]*?\d(?:ms|s)\b",
}


def text_of(name: str) -> str:
    """A file without its comments, in which a colour may be told."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) if not name.endswith(".py") else text


@pytest.mark.parametrize("what", FAULTS)
def test_no_file_has_one_of_its_own(what):
    found = {
        name: matches
        for name in READ
        if name not in OWN and name != PAPER and (matches := re.findall(FAULTS[what], text_of(name)))
    }
    assert not found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a colour", "color: #1967d2"),
        ("a colour", "context.fillStyle = '#465063'"),
        ("a colour", "box-shadow: 0 0 4px rgb(0 0 0 / 25%)"),
        ("a chart of Streamlit's, which has small type on a large screen", "st.plotly_chart(figure, theme=None)"),
        ("a size of type", ".x { margin: 0; font-size: 13px }"),
        ("a size of type", "font-size: max(1.1rem, 2vh)"),
        ("a size of type", "font: 600 1rem/1.5 sans-serif"),
        ("a size of type", "context.font = `600 12px ${theme.font}`"),
        ("a size of type", "tickfont: { size: 9 }"),
        ("a size of type", '"font": {"size": 14}'),
        ("a time", "transition: opacity 120ms"),
        ("a time", "animation: run 1.2s linear"),
    ],
)
def test_each_kind_of_fault_is_seen(what, line):
    assert re.search(FAULTS[what], line)


def test_every_property_that_is_used_is_one_that_there_is():
    given = set(re.findall(r"(--[\w-]+):", look.style() + look.magnified()))
    for name in READ:
        text = (ROOT / name).read_text(encoding="utf-8")
        given |= set(re.findall(r"(--[\w-]+):", text)) | set(re.findall(r"setProperty\([\"'](--[\w-]+)", text))
        given |= set(re.findall(r"@property (--[\w-]+)", text))
    used = {use: name for name in READ for use in re.findall(r"var\((--[\w-]+)\)", text_of(name))}
    assert not {use: name for use, name in used.items() if use not in given and not use.startswith("--st-")}


def test_every_step_of_the_scales_is_used():
    texts = "".join((ROOT / name).read_text(encoding="utf-8") for name in READ if name not in OWN)
    steps = re.findall(r"--((?:type|space|corner|motion|talk)-[\w-]+|touch|shade|veil|pointer[\w-]*):", look.style())
    assert len(steps) > 25
    unused = [step for step in steps if f"var(--{step})" not in texts and f'"{step.partition("-")[2]}"' not in texts]
    assert not unused


def test_streamlits_own_theme_has_the_palettes_colours():
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
    for name, palette in THEMES.items():
        told = theme[name]
        assert told["backgroundColor"] == palette.background
        assert told["secondaryBackgroundColor"] == palette.panel
        assert told["textColor"] == palette.text


def test_a_style_sheet_holds_the_palettes_colours_for_both_schemes():
    for name in look.COLOURS:
        pair = f"light-dark({asdict(THEMES['light'])[name]}, {asdict(THEMES['dark'])[name]})"
        assert f"--{name}: {pair};" in look.style()


def test_the_documentation_is_what_the_tables_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m scripts.visual_language"
    assert set(USES) == set(look.COLOURS)


def test_a_text_that_stands_by_itself_in_a_page_is_not_shown_on_it() -> None:
    """As Streamlit's magic would show the word that explains a constant, above all else."""
    page = "import streamlit as st\nLIMIT = 3\n'''What the limit is'''\nst.markdown('shown')\n"
    at = AppTest.from_string(page).run()
    assert [element.value for element in at.markdown] == ["shown"]
