"""Twenty visitors do what comes to their minds, for three minutes: `python -m scripts.soak`.

They change settings, edit weights, go to branches, take back, draw other seeds, step, play, go from page to page, hang
up in the middle of a question, and lose their lines. The server's log must hold no error, and every row that anyone got
must be that of an engine which trains the same run alone, bit for bit.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import numpy as np
from httpx2 import HTTPError

from playground.run.link import run_from_query
from playground.run.runs import Runs
from tests.browser.harness import Server, serve
from tests.visitor import Visitor, visit

QUERIES = (
    "",
    "dataset=moons&hidden=4,3",
    "dataset=xor&samples=60&hidden=3&batch=5",
    "dataset=blobs&classes=4&hidden=5",
    "dataset=ripple&hidden=4&lr=0.1",
    "hidden=4&then=30@lr:0.1;60@w3:0.5&step=47",
)
CHANGES = (
    {"learning_rate": 0.1},
    {"learning_rate": 0.003},
    {"optimizer": "sgd"},
    {"optimizer": "rmsprop"},
    {"batch_size": 20},
    {"batch_size": 7},
    {"l2": 0.001},
    {"hidden_layer_sizes": [6, 3]},
    {"activations": ["relu"]},
    {"noise": 0.2},
    {"dataset": "circles"},
)
PATHS = ("", "", "inside", "health", "export")  # all of them carry the stage
FURTHEST = 20_000  # steps; a run that is played on for ever would take as long to train once more
ERRORS = re.compile(r"Traceback|\w+Error:|exception", re.IGNORECASE)


# ---- what a visitor may do ---------------------------------------------------------------------------------------
async def play(visitor: Visitor, rng: random.Random) -> None:
    """Ask for what follows, and now and then for more than rows."""
    more: dict[str, int] = {}
    step = max(0, visitor.last)
    if rng.random() < 0.3:
        more[rng.choice(["answers", "verdict"])] = rng.randrange(step + 1)
    if rng.random() < 0.1:
        more |= {"seeds": 3, "seeds_at": rng.randrange(4)}
    if step < FURTHEST:
        await _answered(visitor, want=rng.choice([1, 5, 40]), **more)


async def steps(visitor: Visitor, rng: random.Random) -> None:
    """Ask for every step of a range."""
    start = rng.randrange(max(1, visitor.last))
    await _answered(visitor, single=[start, start + rng.choice([0, 1, 30])])


async def hang_up(visitor: Visitor, rng: random.Random) -> None:
    """Nobody waits for the answer."""
    if visitor.last < FURTHEST:
        question = asyncio.create_task(visitor.ask(want=60))
        await asyncio.sleep(0.05 * rng.random())
        question.cancel()
        await asyncio.gather(question, return_exceptions=True)


async def change(visitor: Visitor, rng: random.Random) -> None:
    """Choose another value of a setting."""
    await visitor.wish(_moment(visitor, rng), change=rng.choice(CHANGES), waited=rng.choice([0, 900]))


async def change_on_the_way(visitor: Visitor, rng: random.Random) -> None:
    """A change that counts from a later step, for the picture has played on."""
    moment = _moment(visitor, rng)
    await visitor.wish(moment, change={"learning_rate": rng.choice([0.01, 0.02, 0.05])})
    await visitor.wish(moment, refork=moment + rng.randrange(50))


async def edit(visitor: Visitor, rng: random.Random) -> None:
    """Set a weight by hand."""
    await visitor.wish(_moment(visitor, rng), edit={"index": rng.randrange(9), "value": rng.uniform(-2, 2)})


async def branch(visitor: Visitor, rng: random.Random) -> None:
    """Go to another run of the family."""
    await visitor.wish(_moment(visitor, rng), branch=rng.choice(visitor.page["branches"])["run"])


async def act(visitor: Visitor, rng: random.Random) -> None:
    """Take back, draw another seed, begin anew."""
    await visitor.wish(_moment(visitor, rng), action=rng.choice(["undo", "undo", "new_seed", "reset", "calm"]))


async def turn_page(visitor: Visitor, rng: random.Random) -> None:
    """Go to another page."""
    await visitor.go_to(rng.choice(PATHS))


async def lose_the_line(visitor: Visitor, rng: random.Random) -> None:
    """And find it again: the session must be the same."""
    await visitor.cut()
    await asyncio.sleep(0.3 * rng.random())
    before, run = visitor.session, visitor.run
    await visitor.connect()
    await visitor.go_to(visitor.path)
    if (visitor.session, visitor.run) != (before, run):
        raise AssertionError(f"a lost line made another session: {run} became {visitor.run}")


ACTS: dict[Callable[[Visitor, random.Random], Awaitable[None]], int] = {
    play: 10, steps: 6, hang_up: 2, change: 4, change_on_the_way: 1, edit: 3, branch: 3, act: 3, turn_page: 2,
    lose_the_line: 1,
}  # fmt: skip
"""How often each, in proportion"""


def _moment(visitor: Visitor, rng: random.Random) -> int:
    return rng.randrange(min(1000, max(1, visitor.last + 1)))


async def _answered(visitor: Visitor, **question: object) -> None:
    """Ask, and again as the stage does where the server has forgotten the run: its page makes it known."""
    answer = await visitor.ask(**question)
    if answer.status_code == 410:
        await visitor.go_to(visitor.path)
        answer = await visitor.ask(**question)
    if answer.status_code not in (200, 410):
        raise AssertionError(f"{question} was answered by {answer.status_code}: {answer.text[:200]}")


# ---- all of them -------------------------------------------------------------------------------------------------
async def soak(server: Server, n: int, seconds: float, seed: int) -> tuple[list[Visitor], Counter[str]]:
    """So many visitors for so long: they themselves, with what they were told, and what they did how often."""
    done: Counter[str] = Counter()
    end = time.monotonic() + seconds

    async def one(k: int) -> Visitor:
        rng = random.Random(f"{seed} {k}")
        async with visit(server.url, QUERIES[k % len(QUERIES)]) as visitor:
            while time.monotonic() < end:
                (what,) = rng.choices(list(ACTS), list(ACTS.values()))
                await what(visitor, rng)
                done[what.__name__] += 1
                await asyncio.sleep(0.2 * rng.random())
            return visitor

    return list(await asyncio.gather(*map(one, range(n)))), done


def compare(visitors: list[Visitor], seconds: float = 600.0) -> tuple[int, int]:
    """Train every run once more, alone, and compare all rows: (rows, runs). AssertionError where one differs.

    It stops after so many seconds, with the runs of the first visitors done.
    """
    n_rows, done, end = 0, set(), time.monotonic() + seconds
    for visitor in visitors:
        for name, rows in visitor.rows.items():
            if time.monotonic() > end:
                return n_rows, len(done)
            query = dict(parse_qsl(visitor.about[name]["link"].removeprefix("?")))
            experiment, _, problems = run_from_query(query)
            assert not problems, problems
            assert experiment.name == name, f"the link of run {name} opens {experiment.name}"
            run = Runs().get(experiment)
            last = max(rows)
            run.record_until(last)
            frames = {int(row[0]): row for row in run.rows(-1)}
            for step, row in rows.items():
                mine = frames[step] if step in frames else run.step_rows(step, step)[0]
                np.testing.assert_array_equal(row, mine.astype(row.dtype), err_msg=f"step {step} of {query}")
            n_rows += len(rows)
            done.add(name)
    return n_rows, len(done)


def main(arguments: list[str] | None = None) -> int:
    """Run it and say what came of it; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what they do")
    options = parser.parse_args(arguments)
    with serve() as server:
        try:
            visitors, done = asyncio.run(soak(server, options.visitors, options.seconds, options.seed))
            rows, runs = compare(visitors)
        except (AssertionError, TimeoutError, OSError, HTTPError) as problem:
            print(f"--seed {options.seed}: {problem!r}\n{server.output()[-3000:]}", file=sys.stderr)
            return 1
        said, seen = server.output(), [x for visitor in visitors for x in visitor.exceptions]
    print(
        f"{options.visitors} visitors, {options.seconds:.0f} s: {', '.join(f'{n} {what}' for what, n in done.items())}"
    )
    print(f"{rows} rows of {runs} runs are the engine's own; {len(seen)} exceptions were shown, "
          f"{len(ERRORS.findall(said))} are in the log (--seed {options.seed})")  # fmt: skip
    if seen or ERRORS.search(said):
        print("\n".join(seen) + said[-5000:], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
