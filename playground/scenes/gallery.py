"""Several talks as a static page for a class site: index.html, and beside it the file that plays each of them.

It works from a folder as from any web server: no script, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from playground.export.cover import cover
from playground.scenes.recorded import Studio
from playground.scenes.talk_check import Checked
from playground.scenes.told import first_picture
from playground.web import look

INDEX = "index.html"
_STYLE = Path(__file__).with_name("gallery.css").read_text(encoding="utf-8")
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Talks</title>
<style>%(style)s</style>
</head>
<body>
<h1>Talks</h1>
<p>Each is one file that plays without a network: PageDown or the right arrow goes on, ? says the other keys.</p>
<ul>
%(talks)s
</ul>
</body>
</html>
"""


class Shown(NamedTuple):
    """A talk of the gallery."""

    checked: Checked
    file: str
    """The name of the file that plays it"""


def file_names(stems: Sequence[str]) -> list[str]:
    """A name for each talk's file that no other has, nor the page itself."""
    names: list[str] = []
    for stem in stems:
        base = re.sub(r"[^\w.-]+", "-", stem).strip("-.") or "talk"
        names.append(_free(base, {*names, INDEX}))
    return names


def _free(base: str, taken: Collection[str]) -> str:
    """The first of base.html, base-2.html and so on that is free; also where capitals do not count."""
    name, k = f"{base}.html", 1
    while name.lower() in {other.lower() for other in taken}:
        k += 1
        name = f"{base}-{k}.html"
    return name


def gallery(talks: Sequence[Shown], studio: Studio) -> str:
    """The page."""
    return _PAGE % {"style": look.style() + _STYLE, "talks": "\n".join(_card(shown, studio) for shown in talks)}


def _card(shown: Shown, studio: Studio) -> str:
    talk = shown.checked.talk
    title = html.escape(talk.title)
    found = first_picture(talk, studio)
    if found is None:
        picture = f'<div class="words" aria-hidden="true">{title}</div>'
    else:
        experiment, epoch = found
        picture = cover(experiment, studio.run_of(experiment), epoch, f"The first picture of “{title}”")
    n = len(talk.scenes)
    length = f"{talk.minutes:g} minutes, {n} scene{'s' if n > 1 else ''}, {len(shown.checked.file) / 1e6:.1f} MB"
    return f'<li>{picture}<h2><a href="{html.escape(shown.file)}">{title}</a></h2><p>{length}</p></li>'
