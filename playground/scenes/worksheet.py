"""A lesson on one page of A4, to be filled in by hand; and the teacher's key to it."""

from __future__ import annotations

import html
import math
import re
from contextlib import nullcontext
from pathlib import Path

from playground.scenes.answers import compute
from playground.scenes.border import Border, border
from playground.scenes.challenge import Challenge
from playground.scenes.hand_in import in_words
from playground.scenes.lesson import Claim, Lesson, Question, Screen
from playground.scenes.rules import told
from playground.scenes.trial import Trials, Turn

_STYLE = Path(__file__).with_name("worksheet.css").read_text(encoding="utf-8")


def worksheet(lesson: Lesson, *, address: str = "") -> str:
    """An HTML page to print: boxes for the prediction and the reasons, and a table for five runs.

    address : where the lesson is opened, printed as text; "" for none
    """
    return _page(lesson, address, None)


def answer_key(lesson: Lesson, trials: Trials, turn: Turn, *, address: str = "") -> str:
    """The same with the answers, computed by the engine. ValueError, in a sentence, where that takes too long."""
    return _page(lesson, address, (trials, turn))


def _page(lesson: Lesson, address: str, key: tuple[Trials, Turn] | None) -> str:
    parts = [
        f"<h1>{_text(lesson.title)}{': answer key' if key else ''}</h1>",
        f"<p>{_text(lesson.about)}</p>" if lesson.about else "",
        f"<p><small>{_text(address)}</small></p>" if address else "",
        "" if key else '<div class="who"><span>Name</span><span>Date</span></div>',
    ]
    for screen in lesson.screens:
        parts += _WRITE[screen.kind](lesson, screen, key)
    title = html.escape(lesson.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _play(lesson: Lesson, screen: Screen, key: object) -> list[str]:
    return ["<h2>1. Play</h2>", "" if key else '<div class="box">What did you notice?</div>']


def _predict(lesson: Lesson, screen: Screen, key: tuple[Trials, Turn] | None) -> list[str]:
    q = screen.question
    if q is None:
        return []
    paragraphs = _markdown(screen.text if key is None else _last(screen.text))
    if q.options:
        items = "".join(
            f'<li class="{"right" if key and k == q.right else ""}">{_text(option)}</li>'
            for k, option in enumerate(q.options)
        )
        return ["<h2>2. Predict</h2>", paragraphs, f'<ul class="options">{items}</ul>']
    if q.is_line:
        return ["<h2>2. Predict</h2>", paragraphs, *_plane(lesson, q, key)]
    if key is not None:
        return ["<h2>2. Predict</h2>", paragraphs, f'<p class="key">{_text(_answer(lesson, q, *key))}</p>']
    if q.is_epoch:
        ends = f'<i style="left: 1mm">epoch {q.low:g}</i><i style="right: 1mm">epoch {q.high:g}</i>'
        return ["<h2>2. Predict</h2>", paragraphs, f'<div class="box chart">Mark the epoch.{ends}</div>']
    box = f'<div class="box">My guess ({_text(q.unit or f"{q.low:g} to {q.high:g}")}):</div>'
    return ["<h2>2. Predict</h2>", paragraphs, box]


def _answer(lesson: Lesson, q: Question, trials: Trials, turn: Turn) -> str:
    run = lesson.screen("run")
    if q.answer is None or run is None:
        return ""
    value = compute(q.answer, run.run, run.until, trials, turn)
    came = "it never comes" if math.isnan(value) else f"epoch {value:.0f}" if q.is_epoch else told("", value)
    return f"{came} {q.unit}; counted as right within {q.within:g}."


def _plane(lesson: Lesson, q: Question, key: tuple[Trials, Turn] | None) -> list[str]:
    """The training points, to draw a line on; in the key with the border, as the engine computes it."""
    run = lesson.screen("run")
    if run is None:
        return []
    truth = border(run.run, run.until if key else 0, key[1] if key else nullcontext)
    if key is None:
        return [f'<div class="plane">{_picture(truth, False)}<span>Draw the line with a ruler.</span></div>']
    words = f"Counted as right where at least {100 - q.within:g} % of the picture is parted as here."
    return [f'<div class="plane">{_picture(truth, True)}<span class="key">{words}</span></div>']


def _picture(truth: Border, is_key: bool) -> str:
    """Points as rings and dots, for a printer without colours; -100 to 100 either way, x2 upwards."""
    scale = 100 / truth.side
    dots = "".join(
        f'<circle class="c{kind:.0f}" cx="{x1 * scale:.1f}" cy="{-x2 * scale:.1f}" r="3"></circle>'
        for x1, x2, kind in truth.points
    )
    solid = "".join(f"M{x1 * scale:.1f},{-x2 * scale:.1f}h0" for x1, x2 in truth.crossings()) if is_key else ""
    return f'<svg viewBox="-100 -100 200 200">{dots}<path d="{solid}"></path></svg>'


def _run(lesson: Lesson, screen: Screen, key: object) -> list[str]:
    return ["<h2>3. Run</h2>", "" if key else '<div class="box">What came:</div>']


def _compare(lesson: Lesson, screen: Screen, key: object) -> list[str]:
    if key:
        return ["<h2>4. What came</h2>", _markdown(screen.text)]
    return ["<h2>4. Compare</h2>", '<div class="box">What surprised me:</div>']


def _explain(lesson: Lesson, screen: Screen, key: object) -> list[str]:
    items = "".join(
        f'<li class="{"right" if key and reason.is_right else ""}">{_text(reason.text)}'
        f"{f' <em>{_text(reason.says)}</em>' if key and reason.says else ''}</li>"
        for reason in screen.reasons
    )
    return [f"<h2>5. {_text(screen.heading or 'Why?')}</h2>", f'<ul class="options">{items}</ul>']


def _challenge(lesson: Lesson, screen: Screen, key: object) -> list[str]:
    challenge = screen.challenge
    if challenge is None:
        return []
    stars = "; ".join(f"{'★' * (k + 2)} {star.more_than(challenge.goal)}" for k, star in enumerate(challenge.stars))
    parts = [
        f"<h2>{_text(screen.heading or 'Challenge')}</h2>",
        f"<p>{_text(challenge.goal.words)} {_text(stars)}</p>",
        f"<p>May be changed: {_text(challenge.controls_in_words)}.</p>",
    ]
    if key:
        solved = "".join(f"<li>{_settings(claim, challenge)}</li>" for claim in screen.solutions)
        failed = "".join(f"<li>{_settings(w.claim, challenge)}: {_text(w.because)}</li>" for w in screen.wrong)
        return [*parts, f"<p>Solutions:</p><ul>{solved}</ul><p>These fail:</p><ul>{failed}</ul>"]
    rows = "".join(f"<tr><td>{k}</td><td></td><td></td><td></td></tr>" for k in range(1, 6))
    head = "<tr><th>Run</th><th>What I changed</th><th>What came</th><th>Seeds of 5</th></tr>"
    return [*parts, f"<table>{head}{rows}</table>", '<p style="margin-top: 2mm">My code:</p>']


def _settings(claim: Claim, challenge: Challenge) -> str:
    return _text(in_words(claim.run, challenge.start))


_WRITE = {
    "play": _play, "predict": _predict, "run": _run, "compare": _compare, "explain": _explain,
    "challenge": _challenge,
}  # fmt: skip


def _last(text: str) -> str:
    return text.strip().rpartition("\n\n")[2]


def _markdown(text: str) -> str:
    """Paragraphs, bold and slanted words; all else is text."""
    return "".join(f"<p>{_text(paragraph)}</p>" for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph)


def _text(text: str) -> str:
    escaped = html.escape(text)
    escaped = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped)
    return re.sub(r"(?<![\w*])\*([^*\n]+?)\*(?![\w*])", r"<em>\1</em>", escaped)
