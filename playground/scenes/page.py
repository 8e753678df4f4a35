"""The page that plays a talk, without Streamlit: served by a route of ours, or whole in a file that needs no server."""

from __future__ import annotations

import base64
import html
import json

from playground.export.replay import inside_of, modules
from playground.web import assets, look

MODULE = "talk/page.js"
STYLE = "talk/talk.css"
MOST_MEGABYTES = 8
"""Of a file that is to be taken to a lectern on a memory stick"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>%(title)s</title>
%(head)s
</head>
<body%(data)s>
<div id="talk"></div>
%(body)s
</body>
</html>
"""


def served_page(title: str, root: str, told: str, data: dict[str, str] | None = None) -> bytes:
    """The page as the server sends it.

    root : the way from the page's folder to the server's root, such as "../"
    told : where the recorded talk is, from the page's folder
    data : what else the page is told, each a data attribute of its body
    """
    folder = f"{root}{assets.modules_address()}"
    names = assets.with_imports([MODULE], assets.text_of)
    head = [
        f"<style>{look.style()}</style>",
        f'<link rel="stylesheet" href="{folder}/{STYLE}">',
        *(f'<link rel="modulepreload" href="{folder}/{name}">' for name in names),
        f'<script type="module" src="{folder}/{MODULE}"></script>',
    ]
    return _filled(title, "\n".join(head), "", {"told": told, **(data or {})})


def whole_page(title: str, told: bytes) -> bytes:
    """The page as one file, with the recorded talk in it."""
    imports = json.dumps({"imports": modules(MODULE)})
    head = f"<style>{look.style()}{inside_of('style', assets.text_of(STYLE))}</style>\n"
    head += f'<script type="importmap">{imports}</script>'
    body = f'<script type="text/plain" id="told">{base64.b64encode(told).decode()}</script>\n'
    return _filled(title, head, body + f'<script type="module">import "mlp/{MODULE}";</script>', {})


def _filled(title: str, head: str, body: str, data: dict[str, str]) -> bytes:
    attributes = "".join(f' data-{name}="{html.escape(value)}"' for name, value in data.items())
    return (_PAGE % {"title": html.escape(title), "head": head, "data": attributes, "body": body}).encode()
