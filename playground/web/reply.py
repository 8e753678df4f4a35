"""The reply to a question of the stage: recorded moments, single steps, and what it must know of the run."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.run.experiment import Experiment
from playground.run.runs import Run
from playground.web.about import GOAL_EPOCHS, about, last_shared_step

FIRST_SECONDS = 0.05  # a page waits no longer for its first picture; its browser asks for what follows
ANSWER_SECONDS = 0.25
MOST_SINGLE_STEPS = 400


def reply(experiment: Experiment, run: Run, question: dict[str, Any]) -> tuple[tuple[dict[str, Any], np.ndarray], int]:
    """Reply to a question: ((header, rows), the last step that the browser then holds).

    `question` may hold have (the last step that the browser holds, -1 for none), want (epochs to record
    beyond it), single ([first, last] of a range of steps, all of which are wanted), answers (how right the network
    is at the moment, for an open panel), first (a page was drawn).
    """
    first = bool(question.get("first"))
    have = _whole(question.get("have"), -1)
    after = max(have, last_shared_step(experiment, run)) if first and question.get("has_parent", True) else have
    if have > run.last_step:  # this server was started anew, and its browser has played on
        run.record_until(have, ANSWER_SECONDS)
    # A run is shared: others may have trained it further than this page has any use for.
    if first:  # as far as it plays by itself from where it begins, or to the moment of a link
        end = run.epoch_of(max(last_shared_step(experiment, run), 0)) + GOAL_EPOCHS
        end = max(end, run.epoch_of(_whole(question.get("moment"), 0)))
    else:
        end = run.epoch_of(max(after, 0)) + min(_whole(question.get("want"), 0), 10_000)
    run.record_to(end, seconds=FIRST_SECONDS if first else ANSWER_SECONDS)
    rows = run.rows(after, end, at_least=int(end > run.epoch_of(max(after, 0))))
    singles = _singles(run, question.get("single"))
    header = {
        "run": experiment.name,
        "serial": _whole(question.get("serial"), 0),  # two answers that say the same must not look the same
        "after": after,
        "singles": len(singles),
        "width": rows.shape[1],
        "dense": run.recording.dense_until,
        "stride": run.recording.stride,
        "reached": run.last_step,
        "diverged": run.recording.diverged.reason if run.recording.diverged else None,
        "marks": run.marks(experiment),
    }
    if question.get("answers"):
        header["answers"] = run.answers_at(max(0, min(_whole(question.get("moment"), 0), run.last_step)))
    if first or have < 0:
        header |= about(experiment, run)
    return (header, np.concatenate([rows, singles])), int(rows[-1, 0]) if len(rows) else after


def _singles(run: Run, wanted: Any) -> np.ndarray:
    if not isinstance(wanted, list) or len(wanted) != 2:
        return run.rows(run.last_step, end=0)
    start = _whole(wanted[0], 0)
    return run.step_rows(start, min(_whole(wanted[1], start), start + MOST_SINGLE_STEPS))


def _whole(value: Any, otherwise: int) -> int:
    """What came from the browser as a whole number."""
    return int(value) if isinstance(value, int | float) and abs(value) < 2**53 else otherwise
