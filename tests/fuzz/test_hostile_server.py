"""Two thousand hostile payloads on a real server, by every road: no error in its log, and its sessions live on."""

from __future__ import annotations

import asyncio
import json
import random
import re
import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from httpx2 import AsyncClient

from playground.run.config import SETTINGS
from tests.browser.harness import Server, serve
from tests.visitor import Visitor, visit

N_TRIGGERS, N_COMPONENT, N_LINKS, N_ADDRESSES, N_QUESTIONS = 400, 15, 60, 500, 950
FIRST_LINE = re.compile(r"Traceback|\bError\b|\w+Error:|exception|status 5\d\d", re.IGNORECASE)
HUGE = "9" * 400
DEEP = "[" * 900 + "]" * 900
ODD = [
    *("null", "true", "-1", "1.5", "NaN", "-Infinity", "1e999", "1e15", HUGE, "9" * 5000, DEEP, "[" * 5000),
    *("[]", "{}", "[[]]", '{"a": 1}', '""', '"x"', r'"\ud800"', '"__class__"', f'"{"x" * 300}"', "[8]", "[2.5]", "2.0"),
    *('["x1"]', '[{"a": [1]}]', '"0.1"', "2.5", "-0", "9007199254740993", "16777217"),
]
"""Of JSON, or nearly so"""
RUN = '"RUN"'
WISH = {"serial": "7", "run": RUN, "moment": "3", "have": "-1"}
WISHES: dict[str, list[str]] = {
    "change": [f'{{"{name}": VALUE}}' for name in SETTINGS] + ["VALUE", '{"VALUE": 1}', '{"own_data": VALUE}'],
    "edit": ['{"index": VALUE, "value": 1}', '{"index": 1, "value": VALUE}', "VALUE"],
    **{key: ["VALUE"] for key in ("serial", "run", "moment", "have", "refork", "branch", "action", "waited", "more")},
}
QUESTIONS = {"run": RUN, "have": "0"}
QUESTION_KEYS = ("run", "have", "want", "single", "answers", "verdict", "passing", "seeds", "seeds_at", "more")
PAIRS = ("[VALUE, VALUE]", "[0, VALUE]", "VALUE")
FOUND = [
    *('{"moment": 1e15, "change": {"learning_rate": 0.1}}', '{"refork": 1e15}', '{"refork": 999999999999999}'),
    *('{"action": []}', '{"action": {}}', '{"change": {"features": [["x1"]]}}', '{"change": {"features": [{}]}}'),
    *('{"change": {"hidden_layer_sizes": 8}}', '{"change": {"hidden_layer_sizes": [2.5]}}', "[" * 20_000, HUGE * 12),
    *('{"change": {"dataset": ["spirals"]}}', '{"change": {"loss": ["auto"]}}', '{"change": {"seed": 2.0}}'),
]
"""What a server was once hurt by"""
LINKS = [
    *(f"{key}={HUGE}" for key in ("samples", "seed", "hidden", "step", "lr", "batch")),
    f"then=5@batch:{HUGE}",
    "then=" + ";".join(f"{k}@w{k}:0.{k}" for k in range(1, 300)),
    "then=" + quote(";".join(f"{k}@" + ",".join(f"w{j}:1" for j in range(40)) for k in range(1, 60))),
    *("hidden=128,128&batch=2000&samples=2000&test=0.1&step=1e9", "data=" + "A" * 20_000, "compare=%00|||", "atlas=x"),
]
COMPONENTS = [
    ("", "gallery", "chosen", "VALUE"),
    ("", "tries", "wish", '{"open": {"run": VALUE, "link": VALUE}}'),
    ("", "way_back", "told", "VALUE"),
    ("inside", "inside", "pick", "[VALUE, VALUE]"),
    ("inside", "inside", "point", "VALUE"),
    ("compare", "compare", "wish", '{"open": VALUE, "step": VALUE}'),
    ("data", "draw", "use", '{"points": VALUE}'),
    ("export", "take", "chosen", "VALUE"),
    ("health", "portraits", "chosen", "VALUE"),
    ("atlas", "atlas", "wish", '{"open": [VALUE, VALUE]}'),
]
"""Those that tell something: the page's path, the component, its event, and the form of what it tells"""


def spoiled(rng: random.Random, good: dict[str, str], key: str, forms: list[str] | tuple[str, ...]) -> str:
    """A JSON object of good parts, one of which is spoiled; now and then with letters cut out or put in."""
    form = rng.choice(forms)
    while "VALUE" in form:
        form = form.replace("VALUE", rng.choice(ODD), 1)
    text = "{" + ", ".join(f'"{name}": {value}' for name, value in {**good, key: form}.items()) + "}"
    if rng.random() < 0.1:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(["", '"', "}", "\x00", "\N{SNOWMAN}"]) + text[at + rng.randrange(4) :]
    return text


def told(rng: random.Random, run: str) -> Iterator[str]:
    """What a stage may be made to tell."""
    for text in FOUND:
        yield f'[{{"event": "wish", "value": {text}}}]'
    keys = sorted(WISHES)
    while True:
        key = rng.choice(keys)
        wish = spoiled(rng, WISH, key, WISHES[key]).replace("RUN", run)
        yield rng.choice([f'[{{"event": "wish", "value": {wish}}}]'] * 8 + [wish, f"[{wish}]"])


def links(rng: random.Random) -> Iterator[str]:
    """Queries of addresses."""
    yield from LINKS
    keys = [*(s.key for s in SETTINGS.values()), "then", "step", "data", "v", "compare", "hide", "view", "classic"]
    while True:
        values = [rng.choice(ODD), "".join(rng.choices(string.printable, k=12)), f"{rng.randrange(10**9)}@lr:nan"]
        query = urlencode({rng.choice(keys): rng.choice(values)[:3000] for _ in range(rng.randrange(1, 5))})
        yield query if rng.random() < 0.8 else query + "&%ff%fe=%00&&=&?#"[: rng.randrange(16)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def test_whatever_is_sent_leaves_the_log_clean_and_the_sessions_alive(server):
    asyncio.run(asyncio.wait_for(everything(server), 100))
    said = server.output()
    assert not FIRST_LINE.search(said), said[-5000:]
    assert "A wish of the stage was dropped" in said
    assert "What a component told was dropped" in said


async def everything(server: Server) -> None:
    """All roads at once, and then what a visitor wants who is no enemy."""
    async with visit(server.url, "dataset=xor&samples=60&hidden=3") as visitor, visit(server.url) as other:
        run = visitor.run
        async with AsyncClient(base_url=server.url, timeout=60) as client, asyncio.TaskGroup() as group:
            group.create_task(by_trigger(visitor))
            group.create_task(by_links(other))
            group.create_task(by_addresses(client))
            group.create_task(by_questions(client, run))
            group.create_task(by_a_line_of_its_own(server))
            for path, component, event, form in COMPONENTS:
                group.create_task(by_component(server, path, component, event, form))
        assert visitor.exceptions == []
        assert other.exceptions == []
        for each in (visitor, other):
            each.serial = each.answered  # a hostile one may have been high
            before = each.run
            await each.wish(each.page["moment"], action="new_seed")
            assert each.run != before
            assert (await each.ask(want=3)).status_code == 200


async def by_trigger(visitor: Visitor) -> None:
    payloads = told(random.Random(1), visitor.run)
    for _ in range(N_TRIGGERS):
        before = visitor.drawn
        await visitor.trigger(next(payloads))
        await visitor.until(lambda before=before: visitor.drawn > before)  # type: ignore[misc]


async def by_component(server: Server, path: str, component: str, event: str, form: str) -> None:
    rng = random.Random(path)
    async with visit(server.url, "dataset=xor&samples=60&hidden=3&view=full", path) as visitor:
        await visitor.until(lambda: component in visitor.components)
        for k in range(N_COMPONENT):
            value = rng.choice([form, "VALUE"])
            while "VALUE" in value:
                value = value.replace("VALUE", rng.choice(ODD) if k else "0", 1)
            before = visitor.drawn
            await visitor.trigger(f'[{{"event": "{event}", "value": {value}}}]', component)
            await visitor.until(lambda before=before: visitor.drawn > before)  # type: ignore[misc]
        assert visitor.exceptions == []


async def by_links(visitor: Visitor) -> None:
    """Back and Forward lead from one to the next."""
    queries = links(random.Random(2))
    for _ in range(N_LINKS):
        before, visitor.query = visitor.drawn, next(queries)
        await visitor.send(is_history_navigation=True)
        await visitor.until(lambda before=before: visitor.drawn > before)  # type: ignore[misc]


async def by_addresses(client: AsyncClient) -> None:
    """The first picture, and whatever path."""
    queries = links(random.Random(3))
    for k in range(N_ADDRESSES):
        path = ["first", "first", "", "assets/js/0/stage/stage.js"][k % 4]
        answer = await client.get(f"/{path}?{next(queries)[:30_000]}")
        assert answer.status_code in (200, 204, 404), answer.text


async def by_questions(client: AsyncClient, run: str) -> None:
    rng = random.Random(4)
    for k in range(N_QUESTIONS):
        key = rng.choice(QUESTION_KEYS)
        text = spoiled(rng, QUESTIONS, key, PAIRS if key == "single" else ("VALUE",)).replace("RUN", run)
        body, road = text.encode("utf-8", "surrogatepass"), "atlas-tiles" if k % 5 == 0 else "ask"
        if road == "atlas-tiles":
            body = body.replace(b'"run"', b'"atlas"')
        answer = await client.post(f"/{road}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (200, 400, 410, 413), answer.text
        if answer.status_code != 200:
            assert len(json.loads(answer.text)["problem"]) < 300


async def by_a_line_of_its_own(server: Server) -> None:
    """What is no message at all costs its sender the line, and nobody else anything."""
    odd: list[Any] = [b"\xff" * 20, "text", b"", b"\x00", "", random.Random(5).randbytes(3000)]
    for message in odd:
        visitor = Visitor(server.url)
        await visitor.connect()
        await visitor.socket.send(message)
        await asyncio.wait_for(visitor.listener, 20)
        await visitor.close()
