"""Runs are shared between sessions: what several threads do at once must not show."""

import math
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import sklearn.metrics

from playground.app.shared_runs import megabytes
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import MAX_CHANGES
from playground.run.runs import CACHE_MEGABYTES, FIRST_EPOCHS, SLICE_SECONDS, Gate, Run, Runs, network_at, new_trainer

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


def test_an_epoch_is_looked_at_by_its_last_step_however_far_the_run_goes():
    run, steps_per_epoch = Runs().get(SMALL), SMALL.steps_per_epoch(30)
    for end in (40, 60):
        run.record_to(end, seconds=math.inf)
        assert run.last_step_at(25) == run.step_at(25) == 25 * steps_per_epoch
        assert run.last_step_at(25.9) == run.last_step_at(25)
    assert run.last_step_at(1e9) == run.step_at(1e9) == run.last_step


def test_sessions_that_extend_a_run_at_once_get_the_run_that_one_alone_would():
    alone = Runs().get(SMALL)
    alone.record_to(60, seconds=math.inf)
    runs = Runs()

    def session(end):
        run = runs.get(SMALL)
        for epoch in range(5, end + 1, 5):
            run.record_to(epoch, seconds=math.inf)
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
    far = runs.get(SMALL.change(10**9, learning_rate=0.1))
    parent, enough = runs.get(SMALL), threading.Event()
    train = parent.trainer.run

    def train_until_told(epochs):
        if enough.is_set():
            raise InterruptedError
        return train(epochs=epochs)

    parent.trainer.run = train_until_told
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(lambda: far.trainer)  # has its parent trained first, which would take hours
        for k in range(10):
            run = runs.get(Experiment(OTHER.config.changed(seed=k)))
            run.record_to(3, seconds=math.inf)
            assert run.recording.epochs[-1] == 3
        assert not job.done()
        enough.set()
        with pytest.raises(InterruptedError):
            job.result(60)


def until(condition):
    """Wait for other threads; the test's own timeout is the only limit."""
    while not condition():
        time.sleep(0.0005)


def lined_up(gate):
    """Threads that have the gate or wait for it."""
    return gate.is_taken + len(gate._urgent) + len(gate._others)


def test_the_gate_lets_threads_through_as_they_came_and_the_urgent_ones_first():
    gate, order = Gate(), []

    def session(name, urgent):
        with gate.turn(urgent=urgent):
            order.append(name)

    threads = []
    with gate.turn():
        for waiting, name in enumerate(["a", "b", "u", "c", "v"], start=2):
            threads.append(threading.Thread(target=session, args=(name, name in "uv")))
            threads[-1].start()
            until(lambda n=waiting: lined_up(gate) == n)
        assert not order, "somebody went in while the gate was held"
    for thread in threads:
        thread.join(30)
    assert order == ["u", "v", "a", "b", "c"]


def test_who_comes_back_to_the_gate_goes_to_the_end():
    gate, order, rounds = Gate(), [], 5
    done = []

    def session(name):
        for _ in range(rounds):
            with gate.turn():
                until(lambda: lined_up(gate) == 3 - len(done))  # all others are waiting
                order.append(name)
                if order.count(name) == rounds:
                    done.append(name)

    together(*(lambda name=name: session(name) for name in "abc"))
    assert all(len(set(order[k : k + 3])) == 3 for k in range(len(order) - 2)), "".join(order)


def test_a_run_that_has_hardly_begun_goes_before_one_that_trains_ahead():
    taken = []

    class Watched(Gate):
        def turn(self, *, urgent=False):
            taken.append(urgent)
            return super().turn(urgent=urgent)

    run = Run(lambda: new_trainer(SMALL), Watched())
    run.record_to(FIRST_EPOCHS - 1, seconds=math.inf)
    assert all(taken)
    run.record_to(FIRST_EPOCHS + 5, seconds=math.inf)
    taken.clear()
    run.record_to(FIRST_EPOCHS + 50, seconds=math.inf)
    assert not any(taken)
    run.step_rows(3, 5)
    assert taken[-1]


def test_the_gate_opens_again_after_an_error():
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.turn():
        1 / 0  # noqa: B018
    with gate.turn():
        pass


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def on_a_clock(seconds_an_epoch):
    """A run whose epochs take so long, and the epochs of each slice that it trains."""
    clock, slices = Clock(), []
    trainer = new_trainer(SMALL)
    train = trainer.run

    def timed(epochs):
        train(epochs=epochs)
        clock.now += epochs * seconds_an_epoch
        slices.append(epochs)

    trainer.run = timed
    return Run(lambda: trainer, Gate(), clock), slices


def test_training_goes_in_short_slices_for_as_long_as_it_may():
    run, slices = on_a_clock(seconds_an_epoch=0.001)
    run.record_to(1e9, seconds=0.5)
    assert slices[:5] == [1, 2, 4, 8, 16]
    assert max(slices) * 0.001 == pytest.approx(SLICE_SECONDS, rel=0.1)
    assert 0.5 <= sum(slices) * 0.001 <= 0.5 + SLICE_SECONDS


def test_slow_epochs_are_trained_one_by_one_and_at_least_one_is():
    run, slices = on_a_clock(seconds_an_epoch=3.0)
    run.record_to(1e9, seconds=0.0)
    assert slices == [1]
    run.record_to(1e9, seconds=7.0)
    assert slices == [1, 1, 1, 1]
    run.record_to(6, seconds=math.inf)
    assert run.recording.epochs[-1] == 6


def test_making_the_trainer_takes_nothing_from_the_time_to_train():
    clock = Clock()

    def slowly():
        clock.now += 100.0
        return new_trainer(SMALL)

    run = Run(slowly, Gate(), clock)
    run.record_to(20, seconds=1.0)
    assert run.recording.epochs[-1] == 20
    run = Run(slowly, Gate(), clock)
    run.record_until(60, seconds=1.0)
    assert run.last_step >= 60


@pytest.mark.parametrize(
    "config",
    [
        Config(dataset="moons"),
        Config(dataset="blobs", n_classes=4),
        Config(dataset="blobs", loss="hinge"),
        Config(dataset="xor", loss="hinge"),
    ],
)
def test_the_confusion_matrix_is_scikit_learns(config: Config):
    run = Runs().get(Experiment(config.changed(n_samples=200, noise=0.4, hidden_layer_sizes=(3,))))
    run.record(3, seconds=math.inf)
    net, data = run.trainer.net.copy(), run.trainer.data
    for step in (0, 7, 20):
        net.parameters[...] = run.recording.seek(step).parameters
        wanted = sklearn.metrics.confusion_matrix(data.y_test, net.classify(data.x_test))
        assert (wanted != wanted.T).any(), "a matrix that is its own mirror image proves nothing"
        assert run.confusion_at(step) == {"step": step, "matrix": wanted.tolist()}


def test_a_residual_is_the_prediction_minus_the_truth():
    run = Runs().get(Experiment(Config(dataset="hills", n_samples=80)))
    run.record(2, seconds=math.inf)
    net, data = run.trainer.net.copy(), run.trainer.data
    net.parameters[...] = run.recording.seek(5).parameters
    told = run.confusion_at(5)
    np.testing.assert_allclose(told["truth"], data.y_test[:, 0], atol=5e-5)
    np.testing.assert_allclose(np.add(told["truth"], told["residual"]), net.outputs(data.x_test)[:, 0], atol=6e-5)


def test_the_rows_of_a_run_are_its_recorded_figures_in_the_order_that_the_browser_reads():
    run = Runs().get(SMALL)
    run.record(4, seconds=math.inf)
    rows, recording = run.rows(-1), run.recording
    columns = [recording.steps, recording.epochs, recording.train_loss, recording.test_loss]
    columns += [recording.train_score, recording.test_score, *recording.gradient_norms.T, *recording.parameters.T]
    assert rows.shape == (5, len(columns))
    for k, column in enumerate(columns):
        np.testing.assert_array_equal(rows[:, k], np.asarray(column, np.float32))


def test_memory_stays_bounded_and_the_oldest_run_goes_first():
    runs = Runs()
    one = runs.get(SMALL)
    one.record_to(50, seconds=math.inf)
    runs = Runs(max_bytes=int(2.5 * one.nbytes))
    experiments = [Experiment(SMALL.config.changed(seed=k)) for k in range(6)]
    kept = []
    for experiment in experiments:
        kept.append(runs.get(experiment))
        kept[-1].record_to(50, seconds=math.inf)
        runs.get(experiment)
    assert list(runs._runs) == [experiment.name for experiment in experiments[-2:]]
    assert runs.get(experiments[-1]) is kept[-1]
    # A run that somebody still plays goes on when the cache has dropped it, and comes out the same when made again.
    kept[0].record_to(60, seconds=math.inf)
    again = runs.get(experiments[0])
    assert again is not kept[0]
    again.record_to(60, seconds=math.inf)
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
        runs.get(Experiment(Config(n_samples=60, seed=seed))).record(1, seconds=math.inf)
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


def test_all_memory_of_a_run_counts_its_buffers_too():
    """A hundred large networks of one step each held gigabytes beside recordings of a few megabytes."""
    config = Config(hidden_layer_sizes=(128, 128), batch_size=2000, n_samples=2000, test_fraction=0.1)
    run = Runs().get(Experiment(config))
    run.record(1, seconds=60)
    batch, width, copies = 1800, 128 * 2, 4  # z, a, their slopes and room on the way, forwards and back
    assert run.nbytes > copies * 8 * batch * width
    assert run.recording.nbytes < run.nbytes / 10


@pytest.mark.parametrize(
    "changes", [{"hidden_layer_sizes": (64, 64), "batch_size": 500}, {"hidden_layer_sizes": (16,) * 20}]
)
def test_what_is_counted_is_about_what_is_taken(changes):
    tracemalloc.start()
    try:
        runs = Runs()
        experiments = [Experiment(Config(seed=seed, **changes)) for seed in range(4)]
        runs.get(experiments[0]).record(2, seconds=60)  # what all share is made by the first
        before = tracemalloc.get_traced_memory()[0]
        made = [runs.get(experiment) for experiment in experiments[1:]]
        for run in made:
            run.record(2, seconds=60)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    # Room for frames to come is taken too, but no memory until they are written.
    assert 0.5 < sum(run.nbytes for run in made) / taken < 1.5


def test_the_bound_comes_from_the_environment_or_is_a_sentence():
    assert megabytes("") == CACHE_MEGABYTES
    assert megabytes("64") == 64
    for wrong in ("15", "-1", "1e3", "lots", "64 MB"):
        with pytest.raises(ValueError, match=r"^MLP_CACHE_MB must be a whole number of megabytes from 16 on; got"):
            megabytes(wrong)


def test_a_recorded_moment_is_the_network_that_training_again_would_give():
    run = Runs().get(SMALL)
    run.trainer.run(epochs=20)
    for step in (*run.recording.steps.tolist(), 7, 333, run.last_step + 100):
        kept = network_at(run.trainer, step).parameters
        np.testing.assert_array_equal(kept, run.recording.seek(min(step, run.recording.last_step)).parameters)


def test_single_steps_are_replayed_in_slices_between_which_others_have_the_gate():
    gate = Gate()
    turns = []
    take = gate.turn
    gate.turn = lambda **how: turns.append(how) or take(**how)
    ticks = iter(range(10**6))
    run = Run(lambda: new_trainer(SMALL), gate, clock=lambda: 0.4 * SLICE_SECONDS * next(ticks))
    run.trainer.run(epochs=30)
    rows = run.step_rows(40, 60)
    wanted = run.recording.between(40, 60)
    np.testing.assert_array_equal(rows[:, 0], range(40, 61))
    np.testing.assert_array_equal(rows[:, -len(wanted.parameters[0]) :], wanted.parameters.astype(np.float32))
    np.testing.assert_array_equal(rows[:, 2], wanted.train_loss.astype(np.float32))
    assert len(turns) > 8  # a slice is over after two or three ticks of this clock
    asked = iter([False, False, True])
    assert len(run.step_rows(40, 60, gone=lambda: next(asked))) < 7
