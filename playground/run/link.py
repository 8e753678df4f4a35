"""Everything that makes a run to a link and back: short keys, the good kept and the bad named.

    ?lr=0.1&hidden=4,2&then=1200@lr:0.03,batch:32;2400@optimizer:sgd,frozen:1,2,w17:0.5&step=3000

Only what differs from the defaults is written. `then` holds the settings changed on the way and the parameters set by
hand (w17 is the one at place 17 of the flat vector), `step` the moment on the timeline, `data` a small table of one's
own (tables/pack.py), `run` the name of a run that no link can hold, which opens for as long as the server knows it, `v`
the version of all this where it is not the first: with other defaults or another meaning of a key comes another number.
`classic` names a well-known run (classics.py) from which the other settings depart; it is
read and never written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from playground.run import on_show, playback
from playground.run.classics import CLASSICS
from playground.run.config import DEFAULTS, LIVE, SETTINGS, Config, best_of, item_of
from playground.run.experiment import Change, Experiment
from playground.tables import pack
from playground.tables.table import Table

VERSION = 1
MAX_CHANGES = 200
MAX_LETTERS = 8_000  # of the changes in a link that is written; a server before this one may take no more
MAX_STEP = 1_000_000
MAX_WORK = 2e10  # multiplications that the way to a moment may take: some ten seconds
RUN = "run"
LOST = (
    "This run has own data or weights that are too many for a link, and the server does not know them: load them again "
    "on the page Data, or open the experiment file."
)
# Keys that are not settings; those of the last lines belong to pages: compared.py, descent.py, atlas.py, search.py,
# beside.py, Talk.
_AROUND = (
    *("v", "classic", "then", "step", "data", RUN, *on_show.KEYS, *playback.KEYS),
    *("compare", "at", "clock", "show", "pair", "hold"),
    *("map", "from", "along", "rates"),
    *("atlas", "search", "tiles", "only"),
    *("beside", "talk"),
)
_NAME_OF_KEY = {s.key: name for name, s in SETTINGS.items()}


def to_query(config: Config) -> dict[str, str]:
    """What stands behind the `?` of a link that opens `config`."""
    # Data of one input bring their own features.
    usual = Config().changed(dataset=config.dataset, own_data=config.own_data)
    return {
        s.key: write_value(getattr(config, name))
        for name, s in SETTINGS.items()
        if getattr(config, name) != (DEFAULTS if name == "dataset" else vars(usual))[name]
    }


def to_link(config: Config) -> str:
    """The same as one string; empty for the default config."""
    query = to_query(config)
    return f"?{urlencode(query, safe=',')}" if query else ""


def from_query(query: Mapping[str, str], own_data: Table | None = None) -> tuple[Config, list[str]]:
    """Read a link, hand-edited or not: the config with all that is good, and a sentence for what is not."""
    values: dict[str, Any] = {}
    problems = []
    if "classic" in query:
        if classic := CLASSICS.get(query["classic"]):
            values = {name: getattr(classic.config, name) for name in SETTINGS}
        else:
            problems.append(f"The link's classic must be one of {', '.join(CLASSICS)}; got {query['classic'][:40]}.")
    for key, text in query.items():
        name = _NAME_OF_KEY.get(key)
        if name is None:
            if not key.startswith("embed") and key not in _AROUND:
                problems.append(f"The link's “{key[:40]}” is not a setting; it was left out.")
            continue
        values[name] = read_value(text, DEFAULTS[name])
    config, more = best_of(values, own_data)
    return config, problems + more


def twice(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each key that stands more than once in a link with another value: the last one counts."""
    values: dict[str, list[str]] = {}
    for key, text in pairs:
        values.setdefault(key, []).append(text)
    return [
        f"The link's “{key[:40]}” stands there {len(texts)} times; the last one counts, {texts[-1][:40]}."
        for key, texts in values.items()
        if len(set(texts)) > 1 and not key.startswith("embed")
    ]


# ---- the whole run -----------------------------------------------------------------------------------------------
def run_to_query(experiment: Experiment, step: int | None = None) -> dict[str, str]:
    """What stands behind the `?` of a link that opens this very run and stands at this very step.

    Without a step it plays from its beginning. Own data travel along up to `pack.MAX_TEXT` letters, changes up to
    `MAX_LETTERS`; `fits` tells whether they do. Where they do not the run's name stands in the link, so that it opens
    no other run.
    """
    query, own = to_query(experiment.config), experiment.config.own_data
    then, data = _write_changes(experiment), None if own is None else pack.to_text(own)
    if then:
        query["then"] = then
    if step is not None:
        query["step"] = str(step)
    if data:
        query["data"] = data
    if then is None or (own is not None and data is None):
        query[RUN] = experiment.name
    return query if VERSION == 1 else {**query, "v": str(VERSION)}


def run_to_link(experiment: Experiment, step: int | None = None) -> str:
    """The same as one string; empty for the default experiment at its beginning."""
    query = run_to_query(experiment, step)
    return f"?{urlencode(query, safe=',:;@')}" if query else ""


def fits(experiment: Experiment) -> bool:
    """Whether a link can hold all of it: own data, or weights from a file, may be too many; the experiment file has
    room for them."""
    own = experiment.config.own_data
    return (own is None or pack.to_text(own) is not None) and _write_changes(experiment) is not None


def run_from_query(
    query: Mapping[str, str],
    own_data: Table | None = None,
    known: Callable[[str], Experiment | None] = lambda name: None,
) -> tuple[Experiment, int, list[str]]:
    """Read a link to a run, hand-edited or not: the experiment, the step, and a sentence for what is wrong.

    own_data : the table of one's own, where it has been read already
    known : finds a run that no link can hold, by its name
    """
    if RUN in query:
        if experiment := known(query[RUN]):
            return experiment, *_read_step(experiment, query)
        rest = {key: text for key, text in query.items() if key != RUN}
        experiment, step, problems = run_from_query(rest, own_data)
        return experiment, step, [LOST, *problems]
    wrong = []
    if own_data is None and "data" in query:
        try:
            own_data = pack.from_text(query["data"])
        except ValueError as error:
            wrong.append(str(error))
    config, problems = from_query(query, own_data)
    problems += wrong
    if query.get("v", "1") != str(VERSION):
        problems.append(f"The link is of version {query['v'][:10]}; this playground knows {VERSION} and may err.")
    experiment = Experiment(config)
    for text in filter(None, query.get("then", "").split(";")):
        try:
            experiment = with_change(experiment, *_read_change(text))
        except ValueError as error:
            problems.append(f"The link's changes end before “{text[:40]}”: {error}")
            break
    step, more = _read_step(experiment, query)
    return experiment, step, problems + more


def _read_step(experiment: Experiment, query: Mapping[str, str]) -> tuple[int, list[str]]:
    try:
        return check_step(experiment, read_value(query.get("step", "0"), 0)), []
    except ValueError as error:
        return 0, [str(error)]


def with_change(
    experiment: Experiment, step: Any, settings: Mapping[str, Any], edits: Mapping[int, Any] | None = None
) -> Experiment:
    """An experiment with one change more, as a link or a file tells it. ValueError, in a sentence, if it cannot be."""
    last = experiment.changes[-1].step if experiment.changes else -1 if edits else 0
    if len(experiment.changes) >= MAX_CHANGES:
        raise ValueError(f"There may be at most {MAX_CHANGES} changes.")
    if check_step(experiment, step) <= last:
        raise ValueError(f"The step of a change must be a whole number above {last}; got {str(step)[:20]}.")
    if not (settings or edits) or not LIVE.issuperset(settings):
        got = ", ".join(SETTINGS[name].key for name in settings if name not in LIVE) or "none"
        raise ValueError(f"On the way only settings of the training may change, such as lr; got {got}.")
    return experiment.then(Change(step, tuple(sorted(settings.items())), experiment.checked(edits or {})))


def check_step(experiment: Experiment, step: Any) -> int:
    """Hand back a step that this server can reach in a few seconds. ValueError, in a sentence, for another."""
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= MAX_STEP:
        raise ValueError(f"The step must be a whole number from 0 to {MAX_STEP:,}; got {str(step)[:20]}.")
    if step > (most := reach(experiment)):
        raise ValueError(f"The step must be at most {most:,} for a network and batches of this size; got {step:,}.")
    return step


def reach(experiment: Experiment) -> int:
    """The last step that this server trains to in a few seconds."""
    return min(MAX_STEP, max(1000, int(MAX_WORK / work_of_a_step(experiment))))


def work_of_a_step(experiment: Experiment) -> float:
    """Multiplications in one step, and what NumPy's calls cost beside them."""
    config = experiment.config
    inputs = len(config.own_data.inputs) if config.own_data is not None else len(config.features)
    sizes = (inputs, *config.hidden_layer_sizes, 10)
    batch = max([config.batch_size, *(dict(c.settings).get("batch_size", 1) for c in experiment.changes)])
    weights = sum(a * b for a, b in pairwise(sizes))
    return 3.0 * weights * batch + 20_000.0 * len(sizes)


def _write_changes(experiment: Experiment) -> str | None:
    """All changes as a link has them; None where they are too many letters."""
    text = ";".join(map(_write_change, experiment.changes))
    return text if len(text) <= MAX_LETTERS else None


def _write_change(change: Change) -> str:
    settings = [f"{SETTINGS[name].key}:{write_value(value)}" for name, value in change.settings]
    edits = [f"w{index}:{value!r}" for index, value in change.edits]
    return f"{change.step}@{','.join(settings + edits)}"


def _read_change(text: str) -> tuple[Any, dict[str, Any], dict[int, Any]]:
    step, _, rest = text.partition("@")
    settings: dict[str, Any] = {}
    edits: dict[int, Any] = {}
    said: set[str] = set()
    for part in filter(None, re.split(r",(?=[a-z0-9_]+:)", rest)):  # a comma within a list is followed by no key
        key, _, value = part.partition(":")
        name = _NAME_OF_KEY.get(key)
        if key in said:
            raise ValueError(f"“{key[:40]}” stands there twice.")
        said.add(key)
        if place := re.fullmatch(r"w(\d{1,9})", key):
            edits[int(place[1])] = read_value(value, 0.0)
        elif name is None:
            raise ValueError(f"“{key[:40]}” is not a setting.")
        else:
            settings[name] = read_value(value, DEFAULTS[name])
    return read_value(step, 0), settings, edits


def write_value(value: Any) -> str:
    """A setting's value as it stands in a link."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) if value else "none"
    return f"{value!r}" if isinstance(value, float) else str(value)


def read_value(text: str, like: Any) -> Any:
    """Text to a value of the type of `like`; what cannot be read stays text, for the checker to name."""
    if isinstance(like, tuple):
        items = [] if text.strip() == "none" else text.split(",")
        return tuple(read_value(item, item_of(like)) for item in items)
    text = text.strip()
    try:
        value = type(like)(text)
        return value if value else type(like)()  # minus zero is zero
    except ValueError:
        return text
