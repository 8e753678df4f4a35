"""The sizes that every page is made of, type, spaces, corners, times: for style sheets, canvases and figures alike.

Sizes are pixels where the root of the page has type of 16 pixels; where that is larger, all of them are, by the same
factor. docs/visual_language.md tells how they are used.
"""

from __future__ import annotations

from dataclasses import dataclass

ROOT = 16
"""Pixels of the root's type on an ordinary screen"""
PROJECTOR = 1.25
"""So many times as large is everything in the projector's look"""


@dataclass(frozen=True)
class Step:
    """One step of a scale.

    size : in pixels, or for times in milliseconds
    use  : what it is for
    """

    size: int
    use: str


TYPE = {
    "tick": Step(11, "numbers along an axis, names in small pictures, the label over a figure"),
    "small": Step(12, "notes under a picture, check boxes, legends, axis names"),
    "note": Step(13, "the title of a panel, tables, figures in a row"),
    "body": Step(14, "the text and the buttons of a component; the title of a chart"),
    "lead": Step(16, "the sentence that says what is going on, the numbers that are read first, Streamlit's own text"),
    "loud": Step(18, "the one sentence of Simple, the name of a card"),
    "head": Step(22, "the heading of a page outside the app"),
}


@dataclass(frozen=True)
class Far:
    """One step of a talk's type, as CSS.

    back_row : in a room, where type is a share of the window's height
    in_hand  : on a phone that follows
    """

    back_row: str
    in_hand: str
    use: str


TALK = {
    "letters": Far("max(28px, 3.9vh)", "18px", "all that is read from the back row; nothing in a scene is smaller"),
    "say": Far("max(30px, 4.5vh)", "20px", "the sentence of a scene"),
    "heading": Far("max(38px, 6vh)", "24px", "the heading of a scene"),
    "words": Far("max(36px, 5.6vh)", "22px", "the sentence of a scene that has nothing but words"),
    "title": Far("max(60px, 11vh)", "32px", "its heading"),
    "aside": Far("max(20px, 3vh)", "16px", "what lies over a talk: the keys, the invitation"),
    "desk": Far("22px", "18px", "the speaker's window"),
    "notes": Far("26px", "20px", "the notes in it"),
    "next": Far("30px", "24px", "the name of the scene in it"),
    "clock": Far("48px", "36px", "its clock"),
}
SPACE = {
    "hair": Step(4, "between what is one thing: a sign and its word"),
    "near": Step(8, "between buttons, between a title and its picture"),
    "apart": Step(16, "between pictures"),
    "far": Step(24, "between groups, around a page"),
}
CORNER = {
    "small": Step(6, "small buttons, chips, what is lit inside a text"),
    "plain": Step(8, "buttons, lists, fields"),
    "card": Step(10, "cards and boxes that hold other things"),
}
MOTION = {  # none where the visitor's system asks for less of it
    "quick": Step(120, "an answer to a pointer: something lights up"),
    "flow": Step(1200, "what runs along a link, inside a step"),
}
TOUCH = Step(44, "the least width and height of what a finger presses")


def px(name: str) -> int:
    """One of the sizes of type, in pixels on an ordinary screen, as a Plotly figure takes it."""
    return TYPE[name].size
