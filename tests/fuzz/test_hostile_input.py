"""Thousands of broken links, files and tables: only sentences, never another error, a hang or a changed run."""

import base64
import contextlib
import io
import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp
from playground.export import Subject
from playground.export.experiment_file import FORMAT, experiment_json, read_experiment
from playground.export.weights import npz
from playground.run.config import DEFAULTS, SETTINGS, Config, item_of
from playground.run.experiment import Experiment
from playground.run.link import run_from_query, run_to_query
from playground.run.runs import new_trainer
from playground.tables import pack
from playground.tables.choice import choose, guess
from playground.tables.drawn import drawn_table
from playground.tables.formula import read_formula
from playground.tables.sheet import read_sheet
from playground.tables.table import Table

many = settings(max_examples=150, deadline=None)
KEYS = [*(s.key for s in SETTINGS.values()), "v", "then", "step", "data", "embed"]


def table() -> Table:
    x = np.arange(40.0).reshape(20, 2) % 7
    return Table("T", ("a", "b"), "y", ("no", "yes"), x, np.arange(20) % 2)


EXPERIMENT = Experiment(Config(own_data=table(), hidden_layer_sizes=(3,))).change(5, learning_rate=0.3)
TRAINER = new_trainer(EXPERIMENT.parent or EXPERIMENT)
TRAINER.run(epochs=3)
SUBJECT = Subject(EXPERIMENT, TRAINER, 2)
QUERY = run_to_query(EXPERIMENT, 9)
JSON = experiment_json(SUBJECT)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def only_a_sentence(read: Callable[[Any], Any], value: Any) -> Any:
    """What `read` makes of a value, or None where it says a sentence; any other error fails the test."""
    try:
        return read(value)
    except ValueError as error:
        assert type(error) is ValueError, repr(error)  # noqa: PT017 - either way is fine
        sentence(str(error))
        return None


def sentence(text: str) -> None:
    assert 8 < len(text) < 400, text
    assert text.rstrip().endswith((".", "?")), text
    assert "Traceback" not in text


@st.composite
def broken(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes with some cut out, overwritten, repeated or put in."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        piece = draw(st.binary(max_size=6))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            raw[at : at + len(piece)] = piece
        elif kind == 1:
            raw[at:at] = piece
        elif kind == 2:
            del raw[at : at + draw(st.integers(1, 40))]
        else:
            raw[at:at] = raw[at : at + draw(st.integers(1, 60))]
    return bytes(raw)


# ---- links
@many
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=12), st.text(max_size=60), max_size=8))
def test_any_link_gives_an_experiment_and_sentences(query: dict[str, str]) -> None:
    experiment, step, problems = run_from_query(query)
    assert isinstance(experiment, Experiment)
    assert step >= 0
    for problem in problems:
        assert 8 < len(problem) < 1200
    assert run_from_query(run_to_query(experiment, step)) == (experiment, step, [])


def fitting(name: str) -> st.SearchStrategy[str]:
    """What a setting may be, as a link writes it: with others it may not go together."""
    s, like = SETTINGS[name], DEFAULTS[name]
    if s.choices:
        one: st.SearchStrategy[str] = st.sampled_from(s.choices)
    elif isinstance(item_of(like) if isinstance(like, tuple) else like, int):
        one = st.integers(int(s.low or 0), min(int(s.high or 0), 40)).map(str)
    else:
        one = st.floats(s.low, s.high).map(repr)
    return st.lists(one, min_size=1, max_size=4).map(",".join) if isinstance(like, tuple) else one


@many
@given(st.fixed_dictionaries({}, optional={s.key: fitting(name) for name, s in SETTINGS.items()}))
def test_any_settings_together_give_an_experiment_and_sentences(query: dict[str, str]) -> None:
    experiment, _, problems = run_from_query(query)
    for problem in problems:
        assert 8 < len(problem) < 1200
    assert run_from_query(run_to_query(experiment)) == (experiment, 0, [])


@many
@given(st.sampled_from(sorted(QUERY)), st.data())
def test_a_good_link_with_broken_letters_keeps_the_rest(key: str, data: st.DataObject) -> None:
    text = data.draw(broken(QUERY[key].encode())).decode("utf-8", "replace")
    experiment, _, _ = run_from_query({**QUERY, key: text})
    if key not in ("hidden",):
        assert experiment.config.hidden_layer_sizes == (3,)


@many
@given(anything)
def test_whatever_a_links_data_unpack_to_is_a_table_or_a_sentence(plain: Any) -> None:
    raw = json.dumps(plain).encode("utf-8", "backslashreplace")
    only_a_sentence(pack.from_text, base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("="))


@many
@given(st.sampled_from(sorted(pack.to_plain(table()))), anything)
def test_a_table_with_one_wrong_part_is_a_table_or_a_sentence(key: str, value: Any) -> None:
    found = only_a_sentence(pack.from_plain, {**pack.to_plain(table()), key: value})
    assert found is None or isinstance(found, Table)


# ---- experiment files
@many
@given(broken(JSON))
def test_a_broken_experiment_file_is_an_experiment_or_a_sentence(raw: bytes) -> None:
    found = only_a_sentence(read_experiment, raw)
    if found is not None:
        for problem in found[2]:
            assert 8 < len(problem) < 1200


@many
@given(anything, st.sampled_from(["config", "changes", "step", "own_data", "version", "format"]))
def test_an_experiment_file_with_anything_in_it_is_an_experiment_or_a_sentence(value: Any, key: str) -> None:
    plain = {**json.loads(JSON), key: value}
    only_a_sentence(read_experiment, json.dumps(plain).encode("utf-8", "backslashreplace"))


@many
@given(st.dictionaries(st.sampled_from(sorted(SETTINGS)), anything, max_size=4))
def test_an_experiment_file_with_any_settings_keeps_what_is_good(config: dict[str, Any]) -> None:
    plain = {"format": FORMAT, "version": 1, "config": {**config, "noise": 0.25}}
    raw = json.dumps(plain).replace("NaN", "null").replace("-Infinity", "-1e999").replace("Infinity", "1e999")
    experiment, _, _ = read_experiment(raw.encode("utf-8", "backslashreplace"))
    assert experiment.config.noise == 0.25
    new_trainer(experiment)


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a":' * 50_000, b"1" * 10_000, b'{"a":1,}', b"\xff"])
def test_json_made_to_hurt_is_a_sentence(raw: bytes) -> None:
    assert only_a_sentence(read_experiment, raw) is None


# ---- tables
odd_cells = st.sampled_from(["", "NA", "cat", "1,5", '"'])
cells = st.text(max_size=8) | st.floats().map(str) | st.integers().map(str) | odd_cells


@many
@given(
    st.lists(st.lists(cells, min_size=1, max_size=5), max_size=14),
    st.sampled_from([",", ";", "\t", " "]),
    st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_any_rows_are_a_table_or_a_sentence(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    _read_and_choose("\n".join(delimiter.join(row) for row in rows).encode(encoding, "replace"))


@many
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_sentence(raw: bytes) -> None:
    _read_and_choose(raw)


GOOD = "height;kind;weight\n" + "\n".join(f"{k},5;{'cat' if k % 3 else 'dog'};{k * k % 11}" for k in range(20))


@many
@given(broken(GOOD.encode()))
def test_a_broken_table_is_a_table_or_a_sentence(raw: bytes) -> None:
    _read_and_choose(raw)


def _read_and_choose(raw: bytes) -> None:
    sheet = only_a_sentence(read_sheet, raw)
    if sheet is None:
        return
    for target in sheet.names[:3]:
        chosen = only_a_sentence(lambda choice: choose(sheet, choice), guess(sheet, target))
        if chosen is not None:
            prepared = chosen.table.prepared(0.5, 1)
            assert np.isfinite(prepared.data.x_train).all()
            assert np.isfinite(prepared.points.x_test).all()
            assert pack.from_plain(json.loads(json.dumps(pack.to_plain(chosen.table)))) == chosen.table


@many
@given(anything | st.fixed_dictionaries({"points": anything | st.lists(st.floats() | st.integers(), max_size=40)}))
def test_whatever_the_drawing_sheet_sends_is_a_table_or_a_sentence(value: Any) -> None:
    only_a_sentence(drawn_table, value)


_PIECES = ("x", "y", "pi", "1", "2.5", "e9", "sin", "sqrt", "min", "(", ")", ",", "+", "-", "*", "/", "^", "<", ">=",
           "and", "or", " ", "=", "²", "\ud800", "__class__", "lambda", "\n")  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join) | st.text(max_size=250))
def test_any_text_is_a_formula_or_a_sentence_and_a_formula_tells_of_every_point(text: str) -> None:
    formula = only_a_sentence(read_formula, text)
    if formula is not None:
        x, y = np.meshgrid(np.linspace(-3.0, 3.0, 7), np.linspace(-3.0, 3.0, 7))
        found = formula.at(x.ravel(), y.ravel())
        assert found.shape == (49,)
        assert set(found.tolist()) <= {-1, 0, 1}


# ---- weights
@many
@given(broken(npz(SUBJECT)))
def test_a_broken_npz_is_a_network_or_a_value_error(raw: bytes) -> None:
    with contextlib.suppress(ValueError):
        mlp.MLP.load(io.BytesIO(raw))
