"""Runs are shared between sessions: what several threads do at once must not show."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import MAX_CHANGES
from playground.run.runs import Gate, Run, Runs, new_trainer

SMALL = Experiment(Config(dataset="xor", n_samples=60, hidden_layer_sizes=(3, 2)))
OTHER = Experiment(Config(dataset="moons", n_samples=60, hidden_layer_sizes=(3, 2)))


def together(*jobs):
    """Do all of these at the same moment, and hand back what they gave."""
    start = threading.Barrier(len(jobs))

    def do(job):
        start.wait(10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [f.result(30) for f in [pool.submit(do, job) for job in jobs]]


def test_sessions_that_extend_a_run_at_once_get_the_run_that_one_alone_would():
    alone = Runs().get(SMALL)
    alone.record_to(60, seconds=30)
    runs = Runs()

    def session(end):
        run = runs.get(SMALL)
        for epoch in range(5, end + 1, 5):
            run.record_to(epoch, seconds=30)
            run.step_rows(run.last_step - 3, run.last_step)
        return run

    first, *others = together(*(lambda end=end: session(end) for end in (60, 40, 60, 20)))
    assert all(run is first for run in others)
    np.testing.assert_array_equal(first.rows(-1), alone.rows(-1))


def test_sessions_that_fork_at_once_share_one_parent():
    runs = Runs()
    forks = [SMALL.change(30, learning_rate=rate) for rate in (0.1, 0.2, 0.1)]
    first, second, third = together(*(lambda fork=fork: runs.get(fork).rows(-1) for fork in forks))
    np.testing.assert_array_equal(first, third)
    np.testing.assert_array_equal(first, second)


def test_a_long_way_to_a_fork_holds_nobody_up():
    runs = Runs()
    far = SMALL.change(200_000, learning_rate=0.1)
    started = threading.Event()

    def long():
        run = runs.get(far)
        started.set()
        while not stop.is_set() and runs.get(SMALL).last_step < 200_000:
            runs.get(SMALL).record_to(1e9, seconds=0.05)
        return run

    stop = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        job, slow = pool.submit(long), pool.submit(lambda: started.wait(10) and runs.get(far))
        assert started.wait(10)
        waits = []
        for k in range(10):
            start = time.perf_counter()
            runs.get(Experiment(OTHER.config.changed(seed=k))).record_to(3, seconds=5)
            waits.append(time.perf_counter() - start)
        stop.set()
        job.result(30), slow.result(30)
    assert np.median(waits) < 0.25, waits


def test_the_gate_lets_everybody_through_in_turn():
    gate, order = Gate(), []

    def session(name):
        for _ in range(20):
            with gate.turn():
                order.append(name)
                time.sleep(0.001)

    together(*(lambda name=name: session(name) for name in "abc"))
    middle = order[6:-6]
    longest = max(len(middle[k : k + 8]) - len(set(middle[k : k + 8])) for k in range(len(middle) - 8))
    assert longest == 5, f"somebody was passed over: {''.join(order)}"


def test_the_gate_opens_again_after_an_error():
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.turn():
        1 / 0  # noqa: B018
    with gate.turn():
        pass


def test_training_goes_in_short_slices():
    run, spent = Runs().get(SMALL), []
    train = run.trainer.run

    def timed(epochs):
        start = time.thread_time()
        train(epochs=epochs)
        spent.append(time.thread_time() - start)

    run.trainer.run = timed
    run.record_to(1e9, seconds=0.6)
    assert len(spent) > 5
    assert np.median(spent[3:]) < 0.05


def test_memory_stays_bounded_and_the_oldest_run_goes_first():
    runs = Runs()
    one = runs.get(SMALL)
    one.record_to(50, seconds=30)
    runs = Runs(max_bytes=int(2.5 * one.nbytes))
    experiments = [Experiment(SMALL.config.changed(seed=k)) for k in range(6)]
    kept = []
    for experiment in experiments:
        kept.append(runs.get(experiment))
        kept[-1].record_to(50, seconds=30)
        runs.get(experiment)
    assert list(runs._runs) == experiments[-2:]
    assert runs.get(experiments[-1]) is kept[-1]
    # A run that somebody still plays goes on when the cache has dropped it, and comes out the same when made again.
    kept[0].record_to(60, seconds=30)
    again = runs.get(experiments[0])
    assert again is not kept[0]
    again.record_to(60, seconds=30)
    np.testing.assert_array_equal(again.rows(-1), kept[0].rows(-1))


@pytest.mark.parametrize("what", [{"learning_rate": 0.001}, None], ids=["settings", "by hand"])
def test_a_run_of_as_many_changes_as_a_link_holds_is_trained(what):
    experiment = SMALL
    for step in range(1, MAX_CHANGES + 1):
        change = {name: value * step for name, value in what.items()} if what else {}
        experiment = experiment.change(step, **change) if what else experiment.edit(step, {1: step / 100})
    run = Runs().get(experiment)
    run.record_until(MAX_CHANGES + 5)
    assert run.last_step >= MAX_CHANGES + 5


def test_looking_a_run_up_counts_it_and_the_one_before_and_no_other(monkeypatch):
    runs = Runs()
    for seed in range(5):
        runs.get(Experiment(Config(n_samples=60, seed=seed))).record(1, seconds=60)
    counted = []
    monkeypatch.setattr(Run, "nbytes", property(lambda run: counted.append(run) or 1))
    last, run = (runs.get(Experiment(Config(n_samples=60, seed=seed))) for seed in (4, 2))
    assert counted == [last, last, last, run]


def test_a_long_way_to_one_trainer_keeps_nobody_from_another():
    gate, at_work, go = Gate(), threading.Event(), threading.Event()

    def slow():
        at_work.set()
        assert go.wait(60)
        return new_trainer(SMALL)

    slow_run = Run(slow, gate)
    waiting = threading.Thread(target=lambda: slow_run.trainer)
    waiting.start()
    assert at_work.wait(60)
    assert Run(lambda: new_trainer(SMALL), gate).trainer is not None  # with one lock for all this would wait for ever
    go.set()
    waiting.join(60)
    assert slow_run.is_made
