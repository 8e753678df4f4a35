"""Who trains an atlas, and what happens when they go away: real worker processes, and a real Dask scheduler."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mlp
from playground.run import crew as crews_module
from playground.run.atlas import Atlas, Axis
from playground.run.config import Config
from playground.run.crew import Cluster, Crews, Local, UnreachableError, check_address
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.run.survey import Survey, Surveys

BASE = Experiment(Config(n_samples=100, hidden_layer_sizes=(6,)))
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
PATIENCE = 60.0
"""Seconds after which a test no longer waits: that something hangs, not how fast it is, for a busy machine is slow."""
pytestmark = pytest.mark.filterwarnings("ignore")  # of Dask's own


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine makes a scheduler late, not wrong."""
    monkeypatch.setattr(crews_module, "CONNECT_SECONDS", 30)


def atlas(epochs: int = 40, seed: int = 1, n_samples: int = 100) -> Atlas:
    base = Experiment(BASE.config.changed(seed=seed, n_samples=n_samples))
    return Atlas(base, (Axis("lr", RATES), Axis("width", (2, 4, 6))), 2, epochs)


def wait(until: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)


def drive(survey: Survey, until: Callable[[], object] | None = None) -> None:
    """Wait for an atlas as a browser does."""

    def is_there() -> object:
        if until() if until else survey.is_complete and not survey.is_working:
            return True
        survey.ask()
        return False

    wait(is_there)


def is_right(survey: Survey) -> None:
    """Every tile is there, and some of them are those of the runs alone."""
    assert sorted(survey.tiles) == list(range(survey.atlas.n_cells)), survey.problems
    for cell in (0, 7, 14):
        tile = survey.tiles[cell]
        alone = new_trainer(survey.atlas.experiment(cell, tile.middle)).run(survey.atlas.epochs)
        np.testing.assert_allclose(tile.parameters[-1], alone.parameters[-1], rtol=1e-12, atol=1e-13)


@contextmanager
def local(n: int = 2) -> Iterator[Local]:
    workers = Local(n)
    try:
        yield workers
    finally:
        workers.close()


def pids(workers: Local) -> list[int]:
    return list(workers._pool._processes) if workers._pool else []


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not re.search(r"^State:\s+Z", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"), re.M)


def test_worker_processes_train_all_tiles_and_none_outlives_the_crew():
    with local() as workers:
        survey = Survey(atlas(), Crews(local=workers))
        assert not pids(workers), "started at first use"
        drive(survey)
        is_right(survey)
        assert survey.progress()[:4] == (1.0, True, False, "2 workers of this machine")
        assert survey.progress().notes == ()
        started = pids(workers)
        assert os.getpid() not in started
    wait(lambda: not any(map(lives, started)))


SERVER = """
import time
from mlp.jobs import train
from playground.run.crew import Local, _small_job
workers = Local(2)
if __name__ == "__main__":
    workers.submit(_small_job(), 1.0).result()
    print(*workers._pool._processes, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_worker_processes_end_with_their_server_however_it_ends(how, tmp_path):
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    root = str(Path(mlp.__file__).parents[1])
    started = subprocess.Popen(
        [sys.executable, tmp_path / "server.py"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert started.stdout is not None
    found = [int(pid) for pid in started.stdout.readline().split()]
    assert len(found) == 2
    assert all(map(lives, found))
    started.send_signal(how)
    started.wait(PATIENCE)
    started.stdout.close()
    wait(lambda: not any(map(lives, found)))


def test_a_killed_worker_costs_nothing_but_a_sentence():
    with local() as workers:
        survey = Survey(atlas(epochs=400), Crews(local=workers))
        drive(survey, lambda: survey.tiles)
        os.kill(pids(workers)[0], signal.SIGKILL)
        drive(survey)
        is_right(survey)
        assert "A worker was lost; what it had in hand is trained again." in survey.progress().notes


HANGS = "A worker did not answer any longer; its work was given to another."


def test_a_worker_that_hangs_is_replaced():
    with local() as workers:
        survey = Survey(atlas(epochs=400), Crews(local=workers))
        drive(survey, lambda: survey.tiles)
        for pid in pids(workers):
            os.kill(pid, signal.SIGSTOP)
        survey._late_seconds = 2.0
        drive(survey, lambda: HANGS in survey.progress().notes)
        survey._late_seconds = 60.0  # or those that a busy machine starts anew would be late too
        drive(survey)
        is_right(survey)


def test_nobody_is_trained_for_who_has_left_and_who_comes_back_finds_all_that_was_there():
    with local(1) as workers:
        survey = Survey(atlas(epochs=1000, n_samples=600), Crews(local=workers))
        drive(survey, lambda: survey.tiles)
        wait(lambda: not survey.is_working and not workers._pool._pending_work_items)
        there = dict(survey.tiles)
        assert 0 < len(there) < survey.atlas.n_cells
        drive(survey)
        is_right(survey)
        assert all(survey.tiles[cell] is tile for cell, tile in there.items())


def test_a_job_that_cannot_be_trained_leaves_the_others(monkeypatch):
    with local() as workers:
        pieces = list(atlas().jobs())
        cells, job = pieces[0]
        pieces[0] = (cells, replace(job, data=[mlp.make_dataset("hills")] * len(job.nets)))
        monkeypatch.setattr(Atlas, "jobs", lambda self: iter(pieces))
        survey = Survey(atlas(), Crews(local=workers))
        drive(survey)
        assert sorted(survey.problems) == sorted(cells)
        assert survey.problems[cells[0]].startswith("This could not be trained: the loss binary_crossentropy is for")
        assert sorted(survey.tiles) == sorted(set(range(survey.atlas.n_cells)) - set(cells))


def test_only_so_many_atlases_are_trained_at_once_and_they_share_the_workers(monkeypatch):
    monkeypatch.setattr(crews_module, "MOST_AT_ONCE", 2)
    with local(1) as workers:
        crews = Crews(local=workers)
        assert crews.share(8) == 8
        assert [crews.begin() for _ in range(3)] == [True, True, False]
        assert (crews.share(8), crews.share(1), crews.share(0)) == (4, 1, 0)
        survey = Survey(atlas(), crews)
        survey.ask()
        assert not survey.is_working
        crews.end()
        drive(survey)
        is_right(survey)


def test_atlases_are_kept_within_a_bound():
    surveys = Surveys(Crews(local=Local(1)), max_bytes=0)
    first = surveys.get(atlas())
    assert surveys.get(atlas()) is first
    first.nbytes = 10
    surveys.get(atlas(seed=2))
    assert surveys.known(first.atlas.name) is None
    assert surveys.known("nothing") is None


# ---- Dask ----------------------------------------------------------------------------------------------------------
@contextmanager
def process(*command: str, says: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program of Dask's, and what it said by the time it was up."""
    env = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "600s", "PYTHONPATH": ""}
    started = subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd="/"
    )
    try:
        said = ""
        assert started.stdout is not None
        for line in started.stdout:
            said += line
            if re.search(says, line):
                break
        else:
            raise AssertionError(said)
        yield started, said
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


@contextmanager
def cluster(n: int) -> Iterator[tuple[str, subprocess.Popen[str], list[subprocess.Popen[str]]]]:
    """A scheduler and workers that know nothing of this project: its address, and the processes."""
    host = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        scheduler, said = stack.enter_context(
            process("distributed.cli.dask_scheduler", *host, "--port", "0", says="Scheduler at")
        )
        address = re.findall(r"tcp://127\.0\.0\.1:\d+", said)[-1]
        worker = ("distributed.cli.dask_worker", address, *host, "--nthreads", "1", "--no-nanny")
        workers = [stack.enter_context(process(*worker, says="Registered to"))[0] for _ in range(n)]
        yield address, scheduler, workers


@pytest.fixture(scope="module")
def two() -> Iterator[str]:
    with cluster(2) as (address, *_):
        yield address


def test_a_cluster_that_has_no_engine_trains_all_tiles(two):
    crews = Crews(two, Local(1))
    survey = Survey(atlas(), crews)
    drive(survey)
    is_right(survey)
    assert survey.progress().workers == f"2 workers of the cluster at {two}"
    assert survey.progress().notes == ()
    assert not pids(crews._local), "this machine's own were not needed"
    crews.close()


def test_a_cluster_that_hangs_with_one_worker_goes_on_with_the_other():
    with cluster(2) as (address, _, workers):
        crews = Crews(address, Local(1))
        survey = Survey(atlas(epochs=1000), crews)
        drive(survey, lambda: survey.tiles)
        workers[0].send_signal(signal.SIGSTOP)
        survey._late_seconds = 3.0
        drive(survey, lambda: HANGS in survey.progress().notes)
        survey._late_seconds = 60.0
        drive(survey)
        is_right(survey)
        assert survey.progress().workers == f"1 worker of the cluster at {address}"
        crews.close()


def test_a_killed_worker_of_a_cluster_is_told_and_a_dead_scheduler_replaced_by_this_machine():
    with cluster(2) as (address, scheduler, workers), local() as own:
        crews = Crews(address, own)
        survey = Survey(atlas(epochs=1000), crews)
        drive(survey, lambda: survey.tiles)
        workers[0].kill()
        drive(survey, lambda: any("1 worker went away" in note for note in survey.progress().notes))
        there = dict(survey.tiles)
        scheduler.kill()
        drive(survey)
        is_right(survey)
        assert all(survey.tiles[cell] is tile for cell, tile in there.items()), "nothing is lost"
        last = survey.progress().notes[-1]
        assert last.startswith(f"The cluster at {address} is out of reach")
        assert last.endswith("The work goes on with workers of this machine.")
        assert survey.progress().workers == "2 workers of this machine"


def test_a_cluster_without_workers_is_told():
    with cluster(0) as (address, *_), pytest.raises(UnreachableError, match="has no workers"):
        Cluster(address, patience=0.5)


def test_nobody_at_the_address_is_told_and_this_machine_does_the_work(monkeypatch):
    monkeypatch.setattr(crews_module, "CONNECT_SECONDS", 3)
    with local() as own:
        survey = Survey(atlas(), Crews("tcp://127.0.0.1:9", own))
        drive(survey, lambda: survey.progress().notes)
        drive(survey)
        is_right(survey)
        (note,) = survey.progress().notes
        assert note.startswith("There is no answer from the cluster at tcp://127.0.0.1:9")


def test_without_the_package_this_machine_does_the_work_and_the_page_says_why(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with local() as own:
        survey = Survey(atlas(), Crews("tcp://127.0.0.1:9", own))
        drive(survey)
        is_right(survey)
        assert "pip install distributed" in survey.progress().notes[0]


def test_other_numbers_and_versions_are_told(two, monkeypatch):
    train = crews_module.train
    there = Cluster(two)
    try:
        assert there.notes == ()
        monkeypatch.setattr(crews_module.np, "abs", lambda x: np.absolute(x) + 1e-16)
        told = there._client.get_versions(check=False)
        for w in told["workers"].values():
            w["packages"]["numpy"] = "1.0"
        monkeypatch.setattr(type(there._client), "get_versions", lambda self, check: told)
        there._prepare(1.0)
        assert there.notes[0] == "The cluster's numbers differ from this machine's by up to 1e-16."
        assert there.notes[1].startswith("The cluster has numpy 1.0; this server ")
    finally:
        there.close()
    assert train is crews_module.train


@pytest.mark.parametrize(
    "address",
    ["junk", "http://127.0.0.1:8786", "inproc://1/2/3", "ucx://1.2.3.4:8786", "tcp://", "tcp://host", "tcp://h:port"],
)
def test_what_is_no_address_is_refused_in_a_sentence(address):
    with pytest.raises(ValueError, match="MLP_CLUSTER must be the address of a Dask scheduler, such as tcp://"):
        check_address(address)
    with pytest.raises(ValueError, match="MLP_CLUSTER"):
        Crews(address)
