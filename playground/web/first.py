"""The first picture of the home page: it comes with the page itself, before Streamlit's client, a megabyte of code.

The page asks for the run of its address here, draws it where Streamlit will put the stage, and hands the stage over
when that comes (js/stage/first.js). Streamlit's files wait for the picture, for a few seconds at the most. Where there
is anything to be said first (a link that errs, a network that is slow), none comes from here: the page is as any other.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from anyio import CapacityLimiter, from_thread, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.run import link, playback
from playground.run.data import untrained
from playground.run.experiment import Experiment
from playground.run.on_show import VIEW_COOKIE, OnShow, from_query
from playground.run.playback import Playback
from playground.run.runs import Run
from playground.web.about import opening
from playground.web.assets import modules_address, plotly_address
from playground.web.message import Page, Parts, encode
from playground.web.reply import first_reply
from playground.web.route import HEADERS, MOST_THREADS, ask_address

ADDRESS = "first"
USUALLY = Playback()
TRAIN_SECONDS = 1.0
"""So long a run may take to be trained to the moment of its link: to leave it to the page would take longer"""
WAIT_MS = 6000
"""So long Streamlit's files wait for a first picture that does not come"""


def page(
    experiment: Experiment, on_show: OnShow, *, moment: int, parts: Parts = "full", played: Playback = USUALLY
) -> Page:
    """What a page tells that shows a run, as one that nobody has done anything on.

    played : how the link is played that it was opened by
    """
    return {
        "run": experiment.name,
        "serial": 0,
        "moment": moment,
        "instead_of": None,
        "undo": "",
        "branches": [],
        "made_room": "",
        "parts": parts,
        "view": on_show.view,
        "whole": False,
        "hidden": sorted(on_show.unseen),
        "projector": on_show.projector,
        "view_link": urlencode(on_show.to_query(), safe=","),
        "plotly": plotly_address(),
        "ask": ask_address(),
        "opening": opening(1, played),
    }


def routes(run_of: Callable[[Experiment], Run], prefix: str = "") -> list[Route]:
    """The route; `run_of` finds or makes a run, and `prefix` is "" or begins with a slash."""
    threads = CapacityLimiter(MOST_THREADS)

    async def first(request: Request) -> Response:
        def work() -> bytes | None:
            gone = partial(from_thread.run, request.is_disconnected)
            if link.twice(request.query_params.multi_items()):
                return None
            return _message(run_of, dict(request.query_params), request.cookies.get(VIEW_COOKIE), gone)

        message = await to_thread.run_sync(work, limiter=threads)
        if message is None:
            return Response(status_code=204, headers=HEADERS)
        return Response(message, media_type="application/octet-stream", headers=HEADERS)

    return [Route(f"{prefix}/{ADDRESS}", first)]


def _message(
    run_of: Callable[[Experiment], Run], query: dict[str, str], view: str | None, gone: Callable[[], bool]
) -> bytes | None:
    """What the page tells of the run in its address; None where it has more to say than that."""
    experiment, moment, problems = link.run_from_query(query)
    on_show, more = from_query(query, view)
    played, others = playback.from_query(query, experiment.config)
    if problems or more or others or on_show.place or experiment.now.cost or untrained(experiment):
        return None
    run = run_of(experiment)
    run.record_until(moment, TRAIN_SECONDS, gone)
    if run.last_step < moment:  # a link to a late step: that takes its time
        return None
    header, rows, _ = first_reply(experiment, run, moment=moment, has_parent=False)
    return encode({"page": page(experiment, on_show, moment=moment, played=played), "run": header}, rows)


# ---- the page --------------------------------------------------------------------------------------------------
_STREAMLITS = re.compile(r'<script type="module"[^>]*></script>|<link rel="(?:modulepreload|stylesheet)"[^>]*>')
# Where Streamlit puts the stage, and what Streamlit's own style would do: see playground/app/frame.css.
_STYLE = """
#first { position: fixed; inset: 0; z-index: 1; overflow: auto; visibility: hidden; box-sizing: border-box;
  padding: 4rem 1.5rem 0.5rem; font: var(--type-lead)/1.6 "Source Sans", sans-serif; -webkit-font-smoothing: auto; }
#first *, #first *::before, #first *::after { box-sizing: border-box; }
:where(#first button, #first select, #first input) { font-family: inherit; margin: 0; }
#first.drawn { visibility: visible; }
@media (min-width: 769px) { #first.beside { left: var(--sidebar, 300px); } }
@media (min-width: 1600px) { #first.beside { left: max(var(--sidebar, 300px), 18.75rem); } }
@media (max-width: 760px) { #first { padding: 4rem 0.75rem 0.5rem; } }
"""
_START = """
window.mlpPlayground = "%(modules)s";
window.mlpGoOn = () => {
  const kept = document.getElementById("streamlit");
  if (kept) kept.replaceWith(kept.content.cloneNode(true));
};
setTimeout(mlpGoOn, %(wait)d);
"""
_FONT = re.compile(r'href="(\./static/media/SourceSans[^"]*-Upright[^"]*)"')
_PLACE = (
    "<div id=first><style>body { margin: 0; color-scheme: light dark; background: var(--background); }</style>"
    "<div class=stage-place></div></div>"
)


def with_first_picture(page: str, modules: list[str], query: str) -> str:
    """Streamlit's page, with what draws the first picture before all that is Streamlit's.

    modules : addresses of the modules that draw it, from the server's root
    query   : of the page's address
    """
    kept = "".join(_STREAMLITS.findall(page))
    address = html.escape(f"./{ADDRESS}" + (f"?{query}" if query else ""))
    head = [
        f"<style>{_face(page)}{_STYLE}</style>",
        f'<link rel="preload" as="fetch" crossorigin href="{address}">',
        f'<link rel="stylesheet" href="./{modules_address()}/stage/stage.css">',
        *(f'<link rel="modulepreload" href="./{module}">' for module in modules),
        f"<script>{_START % {'modules': modules_address(), 'wait': WAIT_MS}}</script>",
        f'<script type="module" src="./{modules_address()}/stage/first.js" onerror="mlpGoOn()"></script>',
        f'<template id="streamlit">{kept}</template></head>',
    ]
    page = _STREAMLITS.sub("", page).replace("</head>", "".join(head), 1)
    return page.replace("</body>", f"{_PLACE}</body>", 1)


def _face(page: str) -> str:
    """Streamlit's font, which its page names; its client would declare it only later."""
    found = _FONT.search(page)
    if not found:
        return ""
    return (
        f'@font-face {{ font-family: "Source Sans"; font-weight: 200 900; font-display: swap; src: url({found[1]}); }}'
    )
