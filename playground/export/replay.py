"""A run as one HTML file that plays from disk, with no server and no internet: the stage and its recording inside."""

from __future__ import annotations

import base64
import json
import math
import posixpath
import re
from pathlib import Path
from typing import cast

import numpy as np

import mlp
from playground.export.subject import Subject
from playground.health.headlines import headlines
from playground.run.experiment import Experiment
from playground.run.on_show import OnShow
from playground.run.runs import Gate, Run, frame_rows
from playground.web import assets, first, look
from playground.web.about import sketch
from playground.web.message import AboutRun, Page, Question, encode
from playground.web.reply import reply

MAX_NUMBERS = 2_000_000  # eight megabytes of recording
_DRIVER = Path(__file__).with_name("replay.js")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A run of the MLP Playground</title>
<style>
:root { --st-background-color: var(--light-background); --st-font: system-ui, sans-serif; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --st-background-color: var(--dark-background); } }
body { margin: 0; padding: 16px 20px; background: var(--st-background-color); font-family: var(--st-font); }
.stage { font-family: var(--st-font); }
.stage .transport .words, .stage .transport [aria-label="Step by"] { display: none !important; }
.stage .layer-buttons, .stage .fork, .stage .strip .words { display: none !important; }
%(css)s
</style>
<script type="importmap">%(modules)s</script>
</head>
<body>
<div id="replay"><div class="stage-place"></div></div>
<script type="text/plain" id="recording">%(recording)s</script>
<script type="text/plain" id="plotly">%(plotly)s</script>
<script type="module">
%(driver)s
</script>
</body>
</html>
"""


def replay_html(subject: Subject, points: mlp.Dataset | None = None) -> bytes:
    """Write the file. What the user named is inside the recording, packed, and shown as text by the stage.

    points : in the plane, if the subject's trainer learns from others than the subject's experiment
    """
    return (
        _PAGE
        % {
            "css": look.style() + inside_of("style", assets.text_of("stage/stage.css")),
            "modules": json.dumps({"imports": modules("stage/stage.js")}),
            "recording": base64.b64encode(recording(subject, points)).decode(),
            "plotly": inside_of("script", assets.plotly_text()),
            "driver": inside_of("script", _DRIVER.read_text(encoding="utf-8")),
        }
    ).encode()


def recording(subject: Subject, points: mlp.Dataset | None = None) -> bytes:
    """The message that the server would send to a browser that holds nothing yet, with all frames up to the moment."""
    trainer, e = subject.trainer, subject.experiment
    rows = frame_rows(subject.frames)
    if rows.size > MAX_NUMBERS:
        keep = np.linspace(0, len(rows) - 1, max(2, MAX_NUMBERS // rows.shape[1])).round().astype(int)
        rows = rows[np.unique(keep)]
    diverged, ended = trainer.recording.diverged, trainer.recording.last_step <= subject.step
    run = Run(lambda: trainer, Gate())
    headlines(e, run, math.inf)  # all there is to say, however long it takes
    answered = about_rows(e, run, rows)
    told: AboutRun = {
        **answered,
        "marks": [mark for mark in answered["marks"] if mark["step"] <= subject.step],
        "verdicts": [verdict for verdict in answered["verdicts"] if verdict["step"] <= subject.step],
        "reached": subject.step,
        "diverged": diverged.reason if diverged and ended else None,
        "stopped": trainer.recording.stopped if ended else None,
        "data": {**answered["data"], "face": ""},
    }
    if points is not None:
        per_epoch = max(1, round(rows[-1, 0] / rows[-1, 1])) if rows[-1, 1] else 1
        told = {**told, **sketch(e, trainer.net, points), "steps_per_epoch": per_epoch}
    page: Page = {
        **first.page(e, OnShow(full=True), moment=0),
        "branches": [],
        "plotly": "",
        "ask": "",
    }
    return encode({"page": page, "run": told}, rows)


def about_rows(experiment: Experiment, run: Run, rows: np.ndarray) -> AboutRun:
    """What a browser that holds nothing is told of a run of which these rows are all that it will get."""
    question: Question = {"run": experiment.name, "have": -1}  # and it wants nothing trained
    return {
        **cast(AboutRun, reply(experiment, run, question).header),
        "parent": None,
        "fork": 0,
        "after": -1,
        "singles": 0,
        "width": rows.shape[1],
        "wide": rows.dtype == np.float64,
        "stride": 1,
        "reached": int(rows[-1, 0]),
        "goal": float(rows[-1, 1]),
    }


def modules(name: str) -> dict[str, str]:
    """A module and all that it imports, each under "mlp/..." as an address that holds its whole text."""
    texts = {this: assets.text_of(this) for this in assets.with_imports([name], assets.text_of)}

    def renamed(this: str) -> str:
        folder = posixpath.dirname(this)
        return assets.IMPORT.sub(lambda m: f'{m[1]} "mlp/{posixpath.normpath(f"{folder}/{m[2]}")}"', texts[this])

    return {
        f"mlp/{this}": "data:text/javascript;base64," + base64.b64encode(renamed(this).encode()).decode()
        for this in texts
    }


def inside_of(tag: str, text: str) -> str:
    """Text that cannot end the element that it stands in: in a script or a style, `<\\/` means the same as `</`."""
    return re.sub(rf"</(?={tag})", r"<\\/", text, flags=re.IGNORECASE)
