"""The past: complete, exact, bounded, and not to be changed."""

import dataclasses

import numpy as np
import pytest

import mlp
from mlp.frames import FrameStore

COLUMNS = [field.name for field in dataclasses.fields(mlp.Frames)]


def make_trainer(optimizer=None, net_seed=1, **settings) -> mlp.Trainer:
    data = mlp.make_dataset("moons", n_samples=74, seed=2)  # 37 to train on: not a multiple of the batch size
    net = mlp.MLP([2, 5, 4, 1], activation=["tanh", "relu"], seed=net_seed)
    settings = {"batch_size": 10, "seed": 3, **settings}
    return mlp.Trainer(net, data, optimizer or mlp.Adam(learning_rate=0.02), **settings)


def assert_same(a, b):
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


RICH = {"l1": 0.001, "l2": 0.002, "dropout": 0.2, "clip_norm": 1.0, "schedule": mlp.Cosine(epochs=30)}


@pytest.mark.parametrize("settings", [{}, RICH], ids=["plain", "rich"])
@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_same_seed_gives_the_same_run_to_the_last_bit(optimizer, settings):
    runs = [make_trainer(mlp.OPTIMIZERS[optimizer](), **settings).run(12) for _ in range(2)]
    assert_same(*runs)
    assert len(np.unique(runs[0].train_loss)) > 1


def test_another_seed_gives_another_run():
    assert not np.array_equal(make_trainer().run(3).parameters[-1], make_trainer(seed=4).run(3).parameters[-1])


@pytest.mark.parametrize("settings", [{}, RICH], ids=["plain", "rich"])
def test_run_step_epoch_and_seek_in_any_mixture_give_the_same_run(settings):
    straight = make_trainer(**settings).run(20)
    mixed = make_trainer(**settings)
    mixed.run(3)
    for _ in range(6):
        mixed.step()
        mixed.recording.seek(2)
    mixed.epoch()
    mixed.run(2)
    mixed.recording.between(5, 9)
    for _, _ in zip(range(7), mixed.steps(), strict=False):
        pass
    while len(mixed.recording) < len(straight):
        mixed.epoch()
    assert_same(straight, mixed.recording)


def test_first_frame_is_the_untrained_network():
    trainer = make_trainer()
    start = trainer.net.parameters.copy()
    recording = trainer.run(2)
    assert recording.steps.tolist() == [0, 4, 8]
    assert recording.epochs.tolist() == [0.0, 1.0, 2.0]
    np.testing.assert_array_equal(recording.parameters[0], start)


def test_figures_of_a_frame_follow_from_its_parameters_and_the_data():
    trainer = make_trainer(**RICH)
    recording, data = trainer.run(3), trainer.data
    net = trainer.net.copy()
    net.parameters[...] = recording.parameters[2]
    loss, gradient = net.loss_and_gradient(data.x_train, data.y_train)
    assert recording.train_loss[2] == pytest.approx(loss, rel=1e-13)
    assert recording.test_loss[2] == pytest.approx(net.loss_value(data.x_test, data.y_test), rel=1e-13)
    assert recording.train_score[2] == mlp.accuracy(data.y_train, net.predict(data.x_train))
    assert recording.test_score[2] == mlp.accuracy(data.y_test, net.predict(data.x_test))
    norms = [np.linalg.norm(matrix) for matrix in net.shape.matrices(gradient)]
    np.testing.assert_allclose(recording.gradient_norms[2], norms, rtol=1e-12)


def test_a_loss_without_penalties_is_a_number_however_large_the_weights():
    net = mlp.MLP([1, 1], loss="mean_squared_error")
    net.parameters[...] = [1e160, 0.0]
    x, y = np.array([[1e-160]]), np.array([[3.0]])
    assert net.loss_value(x, y) == pytest.approx(4.0)
    assert net.loss_value(x, y, l1=1e-160) == pytest.approx(5.0)
    with np.errstate(over="ignore"):
        assert net.loss_value(x, y, l2=1.0) == np.inf


@pytest.mark.parametrize("settings", [{}, RICH], ids=["plain", "rich"])
@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_seek_finds_every_step_again_bit_for_bit(optimizer, settings):
    walker = make_trainer(mlp.OPTIMIZERS[optimizer](), **settings)
    states = [walker.recording.seek(0)]
    for _ in range(40):
        walker.step()
        states.append(walker._loop.state())
    recording = make_trainer(mlp.OPTIMIZERS[optimizer](), **settings).run(10)
    for truth in states:
        found = recording.seek(truth.step)
        np.testing.assert_array_equal(found.parameters, truth.parameters)
        assert (found.epoch, found.samples_seen) == (truth.epoch, truth.samples_seen)
        for name, array in truth.memory.items():
            np.testing.assert_array_equal(found.memory[name], array)


def test_between_shows_every_single_step():
    trainer = make_trainer()
    recording = trainer.run(12)
    between = recording.between(6, 23)
    assert between.steps.tolist() == list(range(6, 24))
    for i, step in enumerate(between.steps):
        np.testing.assert_array_equal(between.parameters[i], recording.seek(int(step)).parameters)
    frames = recording.frames
    at_epochs = between.steps % 4 == 0
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(between, name)[at_epochs], getattr(frames, name)[2:6], err_msg=name)


def test_batch_names_the_rows_that_an_update_used():
    trainer = make_trainer(mlp.SGD(learning_rate=0.1))
    recording, data = trainer.run(3), trainer.data
    net = trainer.net.copy()
    for step in range(trainer.step_count):
        rows = recording.batch(step)
        net.parameters[...] = recording.seek(step).parameters
        _, gradient = net.loss_and_gradient(data.x_train[rows], data.y_train[rows])
        np.testing.assert_allclose(
            recording.seek(step + 1).parameters, net.parameters - 0.1 * gradient, rtol=1e-12, atol=1e-15
        )
    epoch = np.concatenate([recording.batch(step) for step in range(4)])
    assert sorted(epoch) == list(range(37))


# ---------------------------------------------------------------------- forks


@pytest.mark.parametrize("step", [0, 4, 6, 40])
def test_fork_without_changes_goes_the_same_way(step):
    trainer = make_trainer(**RICH)
    recording = trainer.run(10)
    fork = trainer.fork(step)
    assert fork.step_count == step
    fork.run(10 - step // 4)
    at = np.isin(recording.steps, fork.recording.steps)
    mine = np.isin(fork.recording.steps, recording.steps)
    assert at.all()
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(fork.recording, name)[mine], getattr(recording, name), err_msg=name)


def test_fork_leaves_the_old_recording_alone():
    trainer = make_trainer()
    recording = trainer.run(5)
    before = recording.frames
    copies = {name: getattr(before, name).copy() for name in COLUMNS}
    fork = trainer.fork(6, l2=0.1)
    fork.run(10)
    assert len(recording) == 6
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(recording, name), copies[name])
    np.testing.assert_array_equal(trainer.net.parameters, recording.parameters[-1])
    assert not np.array_equal(fork.net.parameters, trainer.net.parameters)


def test_fork_holds_nothing_of_what_came_after_it():
    trainer = make_trainer()
    trainer.run(40)
    fork = trainer.fork(70)  # there are keyframes at steps 32, 64, 96 and so on
    states = [state for segment in fork.recording.segments for state in (segment.start, *segment.keyframes)]
    assert [state.step for state in states] == [0, 32, 64, 70]
    assert fork.recording.steps[-1] == 70


CHANGES = {
    "optimizer": mlp.SGD(learning_rate=0.3),
    "batch_size": 7,
    "seed": 99,
    "l1": 0.01,
    "l2": 0.05,
    "dropout": 0.4,
    "clip_norm": 0.1,
    "frozen": (0,),
    "schedule": mlp.WarmUp(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_setting_can_change_in_mid_run_and_the_whole_past_can_be_replayed(change):
    trainer = make_trainer()
    first = trainer.run(5)
    second = trainer.fork(6, **{change: CHANGES[change]})
    second.run(4)
    recording = second.recording
    assert recording.steps[:3].tolist() == [0, 4, 6]
    for step in range(7):
        np.testing.assert_array_equal(recording.seek(step).parameters, first.seek(step).parameters)
    assert not np.array_equal(recording.seek(8).parameters, first.seek(8).parameters)
    for i, step in enumerate(recording.steps):
        np.testing.assert_array_equal(recording.seek(int(step)).parameters, recording.parameters[i])
    between = recording.between(0, recording.last_step)
    assert between.steps.tolist() == list(range(recording.last_step + 1))
    third = second.fork(9, l2=0.01)  # and once more
    third.run(2)
    np.testing.assert_array_equal(third.recording.seek(8).parameters, recording.seek(8).parameters)


def test_fork_in_mid_epoch_goes_on_with_the_rest_of_the_epoch():
    trainer = make_trainer()
    trainer.run(3)
    fork = trainer.fork(5, batch_size=4)
    fork.run(1)
    steps = range(4, fork.step_count)
    rows = np.concatenate([fork.recording.batch(step) for step in steps])
    assert sorted(rows) == list(range(37))
    assert [len(fork.recording.batch(step)) for step in steps] == [10, 4, 4, 4, 4, 4, 4, 3]


def test_fork_in_mid_epoch_to_one_large_batch_takes_the_rest_of_the_epoch():
    trainer = make_trainer()
    trainer.run(12)
    fork = trainer.fork(45, batch_size=1000)
    recording = fork.run(20)
    rows = np.concatenate([recording.batch(44), recording.batch(45)])
    assert sorted(rows) == list(range(37))
    assert recording.batch(46).tolist() == list(range(37))
    for i, step in enumerate(recording.steps):
        np.testing.assert_array_equal(recording.seek(int(step)).parameters, recording.parameters[i])


def test_steps_beyond_the_last_frame_can_be_found_too():
    trainer = make_trainer()
    for _ in range(6):
        trainer.step()
    recording = trainer.recording
    assert recording.steps.tolist() == [0, 4]
    assert recording.last_step == 6
    np.testing.assert_array_equal(recording.seek(6).parameters, trainer.net.parameters)
    assert trainer.fork(5).run(1).epochs.tolist() == [0.0, 1.0, 1.0 + 10 / 37, 2.0]


def test_optimizer_keeps_its_memory_in_a_fork_unless_its_kind_changes():
    trainer = make_trainer(mlp.Adam(learning_rate=0.01))
    recording = trainer.run(3)
    same_kind = trainer.fork(6, optimizer=mlp.Adam(learning_rate=0.1)).recording.seek(6)
    np.testing.assert_array_equal(same_kind.memory["mean"], recording.seek(6).memory["mean"])
    assert same_kind.memory["t"].tolist() == [6, 6, 6]
    other = trainer.fork(6, optimizer=mlp.AdamW(learning_rate=0.1)).recording.seek(6)
    assert not other.memory["t"].any()
    assert not other.memory["mean"].any()


def test_edit_by_hand_is_a_fork():
    trainer = make_trainer()
    recording = trainer.run(5)
    edited = recording.seek(8).parameters.copy()
    edited[3] = 2.0
    fork = trainer.fork(8, parameters=edited)
    assert fork.recording.steps.tolist() == [0, 4, 8]
    np.testing.assert_array_equal(fork.recording.parameters[-1], edited)
    np.testing.assert_array_equal(fork.recording.seek(8).parameters, edited)
    np.testing.assert_array_equal(fork.net.parameters, edited)
    assert fork.recording.seek(8).memory["t"].tolist() == [8, 8, 8]
    fork.run(3)
    np.testing.assert_array_equal(fork.recording.seek(7).parameters, recording.seek(7).parameters)
    with pytest.raises(ValueError, match=r"parameters must have shape \(44,\); got \(43,\)"):
        trainer.fork(8, parameters=edited[:-1])
    with pytest.raises(ValueError, match="parameters must hold finite numbers only; got 1 NaN"):
        trainer.fork(8, parameters=np.where(np.arange(44) == 3, np.nan, edited))


# ---------------------------------------------------------------------- memory


def small_trainer(max_bytes: int) -> mlp.Trainer:
    data = mlp.make_dataset("xor", n_samples=16, seed=1)
    return mlp.Trainer(mlp.MLP([2, 3, 1], seed=1), data, mlp.Adam(), batch_size=4, max_bytes=max_bytes)


def test_long_run_stays_within_its_memory_and_keeps_early_steps_dense():
    max_bytes = 20_000
    trainer = small_trainer(max_bytes)
    recording = trainer.recording
    for _ in range(40):
        trainer.run(25)
        assert recording.nbytes <= max_bytes
    assert recording.stride in {2, 4, 8, 16, 32}
    epochs = np.arange(1001)
    kept = (epochs <= recording.dense_until) | (epochs % recording.stride == 0) | (epochs == 1000)
    np.testing.assert_array_equal(recording.epochs, epochs[kept])


def test_memory_stays_bounded_when_a_long_run_is_forked_and_goes_on():
    max_bytes = 20_000
    long = small_trainer(max_bytes)
    trainer = long.fork(long.run(60).last_step, l2=0.1)
    trainer.run(500)
    assert trainer.recording.nbytes <= max_bytes
    assert all(s.epoch % (8 * trainer.recording.stride) == 0 for s in trainer.recording.segments[0].keyframes)


def test_thinning_does_not_depend_on_how_the_run_is_cut_into_calls():
    one, many = small_trainer(20_000), small_trainer(20_000)
    one.run(997)
    for n in (1, 30, 500, 66, 400):
        many.run(n)
        _ = many.recording.frames
    assert_same(one.recording, many.recording)
    assert one.recording.nbytes == many.recording.nbytes


def test_any_step_of_a_thinned_recording_can_still_be_found():
    thinned, whole = small_trainer(20_000), small_trainer(10_000_000)
    thinned.run(700)
    whole.run(700)
    for step in (1, 333, 801, 1398, 1400):
        np.testing.assert_array_equal(thinned.recording.seek(step).parameters, whole.recording.seek(step).parameters)


def test_more_frames_of_early_epochs_than_fit_are_thinned_too():
    store = FrameStore(n_parameters=1, n_layers=1, capacity=16)
    for step in range(200):
        store.append(step, step / 10, np.zeros(1), mlp.Measures(0.0, 0.0, 0.0, 0.0, np.zeros(1)))
        assert len(store) <= 16
    assert store.frames.epochs[0] == 0.0
    assert store.last_step == 199


def test_sixteen_frames_are_kept_however_small_the_cap():
    recording = small_trainer(max_bytes=1).run(50)
    assert 8 <= len(recording) <= 16
    assert recording.steps[[0, -1]].tolist() == [0, 100]


def test_what_was_handed_out_never_changes():
    trainer = small_trainer(20_000)
    kept = []
    for _ in range(60):
        frames = trainer.recording.frames
        kept.append((frames, {name: getattr(frames, name).copy() for name in COLUMNS}))
        trainer.run(13)
    for frames, copies in kept:
        for name in COLUMNS:
            np.testing.assert_array_equal(getattr(frames, name), copies[name])


def test_the_past_cannot_be_written_into():
    recording = make_trainer().run(2)
    state = recording.seek(3)
    for array in (recording.parameters, recording.train_loss, recording.steps, state.parameters, recording.batch(0)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.step = 5


def test_every_keeps_only_some_epochs():
    recording = make_trainer().run(10, every=4)
    assert recording.epochs.tolist() == [0.0, 4.0, 8.0]
    full = make_trainer().run(10)
    np.testing.assert_array_equal(recording.parameters[-1], full.parameters[8])


# ---------------------------------------------------------------------- divergence


def diverging(**settings) -> mlp.Trainer:
    data = mlp.make_dataset("plane", n_samples=60, seed=1)
    net = mlp.MLP([2, 8, 8, 1], activation="relu", loss="mean_squared_error", initializer="normal", seed=1)
    return mlp.Trainer(net, data, mlp.SGD(learning_rate=10.0), batch_size=5, seed=1, **settings)


WHOLE = {
    "plain": {},
    "rich": {"l1": 0.001, "l2": 0.002, "clip_norm": 0.1, "schedule": mlp.Cosine(epochs=30)},
    "sum": {"reduction": "sum"},
    "dropout": {"dropout": 0.2},
    "frozen": {"frozen": (1,)},
}


@pytest.mark.parametrize("settings", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_steps_on_all_samples_take_over_what_was_measured_and_change_no_number(optimizer, settings):
    def run(use_bias=True):
        net = mlp.MLP([2, 5, 4, 1], activation=["tanh", "gelu"], use_bias=use_bias, seed=1)
        data = mlp.make_dataset("moons", n_samples=74, seed=2)
        return mlp.Trainer(net, data, mlp.OPTIMIZERS[optimizer](), batch_size=37, seed=3, **settings)

    for use_bias in (True, False):
        recorded, bare, by_step = run(use_bias), run(use_bias), run(use_bias)
        frames = recorded.run(12).frames
        for _ in range(12):
            by_step.step()
        assert_same(frames, by_step.recording.frames)
        np.testing.assert_array_equal(bare.run(12, every=12).parameters[-1], frames.parameters[-1])
        # What the loop tells of its last step is true whichever way that was made.
        losses = [loop.batch_loss() for loop in (recorded._loop, bare._loop)]
        assert losses == [losses[0]] * 2
        if "dropout" not in settings:
            assert losses[0] == frames.train_loss[-2]


def test_a_measured_step_on_all_samples_goes_through_them_once(monkeypatch):
    lengths = []
    train = mlp.loop.TrainingLoop._train
    monkeypatch.setattr(
        mlp.loop.TrainingLoop,
        "_train",
        lambda self, batches: (lengths.append([len(b.calls) for b in batches]), train(self, batches))[1],
    )
    trainer = make_trainer(batch_size=37)
    trainer.run(2)  # measured before each
    trainer.run(2, every=100)  # only the first was measured before
    assert lengths[0] == lengths[1] == lengths[2] < lengths[3]
    assert lengths[3] == [len(mlp.describe_step(trainer.net, 37, trainer.settings))]


def test_parameters_changed_behind_the_trainer_are_not_taken_for_the_measured_ones():
    trainer, other = make_trainer(batch_size=37), make_trainer(batch_size=37)
    for one in (trainer, other):
        one.run(3)
        one.net.parameters[0] = 0.5
    trainer.run(1)
    other._loop._evaluator = None  # knows nothing, and goes through the samples
    other._loop.finish_epoch()
    np.testing.assert_array_equal(trainer.net.parameters, other.net.parameters)


def test_divergence_ends_the_run_and_keeps_the_last_finite_state():
    trainer = diverging()
    recording = trainer.run(50)
    diverged = recording.diverged
    assert diverged is not None
    assert "learning rate below 10" in diverged.reason
    assert diverged.step == recording.last_step == trainer.step_count
    for name in COLUMNS:
        assert np.isfinite(getattr(recording, name)[-1]).all() or name.startswith("test"), name
    np.testing.assert_array_equal(trainer.net.parameters, recording.parameters[-1])
    np.testing.assert_array_equal(recording.seek(diverged.step).parameters, recording.parameters[-1])
    length = len(recording)
    assert trainer.run(5) is recording
    assert len(recording) == length


def test_steps_diverge_where_the_fast_path_does():
    fast = diverging().run(50)
    slow = diverging()
    records = list(slow.steps())
    assert len(records) == fast.diverged.step
    assert slow.recording.diverged == fast.diverged
    assert_same(slow.recording, fast)
    with pytest.raises(FloatingPointError, match="beyond all bounds"):
        slow.step()


def test_one_can_go_back_from_divergence_and_try_something_else():
    trainer = diverging()
    trainer.run(50)
    fork = trainer.fork(0, optimizer=mlp.SGD(learning_rate=0.001))
    assert fork.run(20).diverged is None
    assert fork.recording.train_loss[-1] < fork.recording.train_loss[0]


def test_recording_without_test_data_has_nan_there_and_nowhere_else():
    data = mlp.make_dataset("moons", n_samples=40, test_fraction=0.0)
    recording = mlp.Trainer(mlp.MLP([2, 3, 1]), data).run(3)
    assert np.isnan(recording.test_loss).all()
    assert np.isnan(recording.test_score).all()
    assert np.isfinite(recording.train_loss).all()
