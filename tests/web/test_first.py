"""The first picture of the home page: what is told before Streamlit's client is there, and in which page."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
import streamlit
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.app.server import first_modules
from playground.run import link
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.on_show import VIEW_COOKIE
from playground.run.runs import Runs
from playground.web.first import routes, with_first_picture
from playground.web.message import Page, decode

INDEX = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["", "/play"])
def first(request):
    runs = Runs()
    with TestClient(Starlette(routes=routes(runs.get, request.param)), base_url="http://test") as client:

        def ask(cookie=None, **query):
            headers = {"cookie": f"{VIEW_COOKIE}={cookie}"} if cookie else {}
            return client.get(f"{request.param}/first?{urlencode(query, doseq=True)}", headers=headers)

        yield ask


# ---- what is told ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "experiment", "moment"),
    [
        ({}, Experiment(), 0),
        (
            {"dataset": "moons", "hidden": "4,3", "step": "37"},
            Experiment(Config(dataset="moons", hidden_layer_sizes=(4, 3))),
            37,
        ),
        ({"then": "50@lr:0.1", "step": "60"}, Experiment().change(50, learning_rate=0.1), 60),
    ],
)
def test_the_run_of_the_address_is_told_with_the_moment_that_it_names(first, query, experiment, moment):
    answer = first(**query)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    header, rows = decode(answer.content)
    assert header["page"].keys() == Page.__annotations__.keys()
    assert (header["page"]["run"], header["page"]["moment"]) == (experiment.name, moment)
    assert header["run"]["run"] == experiment.name
    alone = Runs().get(experiment)
    alone.record_until(moment)
    parameters = alone.step_rows(moment, moment)
    (row,) = rows[rows[:, 0] == moment]
    np.testing.assert_array_equal(row, parameters[0].astype(row.dtype))


def test_the_view_is_that_of_the_address_or_else_the_one_that_this_browser_was_told_to_keep(first):
    def view(**more):
        return decode(first(**more).content)[0]["page"]["view_link"]

    assert (view(), view(view="full"), view(cookie="full")) == ("", "view=full", "view=full")
    page = decode(first(hide="settings,weights", look="projector").content)[0]["page"]
    assert (page["hidden"], page["projector"]) == (["settings", "weights"], True)


@pytest.mark.parametrize(
    "query",
    [
        {"lr": "fast"},  # what errs is said at the top of the page,
        {"view": "narrow"},
        {"then": "5@lr"},
        {"step": "9" * 30},
        {"lr": ["0.1", "0.3"]},
        {"neuron": "3.1"},
        {"hidden": "128,128"},  # as is what is slow,
        {"dataset": "blobs", "classes": "6", "samples": "20", "test": "0.9"},  # and what cannot be learned
    ],
)
def test_where_there_is_something_to_be_said_first_the_page_comes_as_any_other(first, query):
    answer = first(**query)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_step_that_takes_long_to_reach_is_left_to_the_page(first):
    experiment = Experiment(Config(hidden_layer_sizes=(8,) * 6, batch_size=1))
    late = link.reach(experiment)
    assert first(hidden="8,8,8,8,8,8", batch="1", step=str(late)).status_code == 204


# ---- the page --------------------------------------------------------------------------------------------------
class Elements(HTMLParser):
    """The elements of a page that load something, each with the template that holds it back, if any."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "template":
            self.inside = values["id"]
        if address := values.get("src") or values.get("href"):
            self.found.append((self.inside, address))

    def handle_endtag(self, tag):
        self.inside = "" if tag == "template" else self.inside


def test_what_is_streamlits_waits_and_nothing_of_it_is_lost():
    before = [address for _, address in Elements(INDEX).found]
    after = Elements(with_first_picture(INDEX, first_modules(), "")).found
    waits = [address for inside, address in after if inside == "streamlit"]
    assert waits == [address for address in before if address.endswith((".js", ".css"))]
    assert len(waits) > 10
    assert set(before) <= {address for _, address in after}
    ours = [address for inside, address in after if not inside and "assets/js/" in address]
    assert {address.rpartition("/")[2] for address in ours} >= {"first.js", "stage.js", "player.js", "stage.css"}
    assert not any("plotly" in address for _, address in after)


@pytest.mark.parametrize(
    "query", ["", "lr=0.1&hidden=8%2C8", "data=%22%3E%3Cscript%3E", '"><script>alert(1)</script>&a=1']
)
def test_the_query_is_asked_for_as_it_stands_and_never_read_as_html(query):
    page = with_first_picture(INDEX, [], query)
    assert [a for _, a in Elements(page).found if a.startswith("./first")] == [
        "./first" + (f"?{query}" if query else "")
    ]
    assert page.count("<script") == with_first_picture(INDEX, [], "").count("<script")


def test_a_page_that_streamlit_writes_otherwise_still_comes_with_all_of_it():
    other = '<html><head><script src="./static/js/main.js"></script></head><body><main></main></body></html>'
    assert [a for _, a in Elements(with_first_picture(other, [], "")).found if "main.js" in a] == [
        "./static/js/main.js"
    ]
