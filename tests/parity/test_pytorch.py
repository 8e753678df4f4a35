"""A hundred steps from the same weights give the same network in PyTorch, to the twelfth digit."""

import zlib
from itertools import cycle, pairwise

import numpy as np
import pytest
import torch

import mlp
from tests.engine.helpers import answers_for, random_network, sizes_for
from tests.parity.helpers import OPTIMIZERS, Twin, distance

STEPS = 100
TASKS = {"categorical_crossentropy": "multiclass", "binary_crossentropy": "binary", "hinge": "binary"}


def _setting(activation: str, loss: str, hidden=(6, 5), n=50):
    """A network with random weights and data that suit its loss."""
    rng = np.random.default_rng(zlib.crc32(f"{activation} {loss} {hidden}".encode()))
    net = random_network(sizes_for(loss, hidden), activation, loss, rng)
    x, y = rng.standard_normal((n, 3)), answers_for(loss, n, net.sizes[-1], rng)
    data = mlp.Dataset(x, y, np.empty((0, 3)), np.empty(0), TASKS.get(loss, "regression"))
    return net, data


def _race(
    net,
    data,
    optimizer,
    batch_size=10,
    *,
    l1=0.0,
    l2=0.0,
    clip_norm=None,
    schedule=None,
    their_schedule=None,
    reduction="mean",
):
    """Both train; returns the distance of the weights at the end, and both final losses."""
    twin = Twin(net)
    decay = optimizer.weight_decay if optimizer.name == "adamw" else l2
    theirs = OPTIMIZERS[optimizer.name](twin.groups(decay), optimizer)
    their_schedule = their_schedule(theirs) if their_schedule else None
    trainer = mlp.Trainer(
        net, data, optimizer, batch_size, seed=3, l1=l1, l2=l2, clip_norm=clip_norm, schedule=schedule,
        reduction=reduction,
    )  # fmt: skip
    n_epochs = STEPS // -(-len(data.x_train) // batch_size)
    trainer.run(n_epochs)
    assert trainer.step_count == STEPS
    for step in range(STEPS):
        rows = trainer.recording.batch(step)
        theirs.zero_grad()
        loss = twin.loss(data.x_train[rows], data.y_train[rows])
        if reduction == "sum":
            loss = loss * len(rows)
        (loss + twin.penalty(l1)).backward()
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(twin.weights + twin.biases, clip_norm)
        theirs.step()
        if their_schedule:
            their_schedule.step()
    return distance(net.parameters, twin.parameters())


# Activations and optimizers never meet in a formula, so each activation is paired with one optimizer in turn.
@pytest.mark.parametrize(("activation", "optimizer"), list(zip(mlp.ACTIVATIONS, cycle(mlp.OPTIMIZERS), strict=False)))
def test_every_activation(activation, optimizer):
    net, data = _setting(activation, "binary_crossentropy")
    assert _race(net, data, mlp.OPTIMIZERS[optimizer](learning_rate=0.01)) < 1e-12


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_every_optimizer_with_every_loss(loss, optimizer):
    net, data = _setting("tanh", loss)
    assert _race(net, data, mlp.OPTIMIZERS[optimizer](learning_rate=0.01)) < 1e-12


@pytest.mark.parametrize("batch_size", [1, 50])
@pytest.mark.parametrize("loss", mlp.LOSSES)
@pytest.mark.parametrize("activation", [*mlp.ACTIVATIONS, mlp.LeakyReLU(0.2)], ids=str)
def test_loss_and_gradient(activation, loss, batch_size):
    net, data = _setting(activation, loss)
    x, y = data.x_train[:batch_size], data.y_train[:batch_size]
    twin = Twin(net)
    theirs = twin.loss(x, y)
    theirs.backward()
    ours, gradient = net.loss_and_gradient(x, y)
    assert ours == pytest.approx(theirs.item(), rel=1e-13)
    assert distance(gradient, twin.gradient()) < 1e-13


@pytest.mark.parametrize("optimizer", [name for name in mlp.OPTIMIZERS if name != "adamw"])
@pytest.mark.parametrize("penalty", ["l1", "l2", "both"])
def test_penalties(penalty, optimizer):
    net, data = _setting("tanh", "binary_crossentropy")
    l1 = 0.01 if penalty != "l2" else 0.0
    l2 = 0.02 if penalty != "l1" else 0.0
    assert _race(net, data, mlp.OPTIMIZERS[optimizer](learning_rate=0.01), l1=l1, l2=l2) < 1e-12


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_slopes_summed_over_the_batch(loss, optimizer):
    net, data = _setting("tanh", loss)
    rule = mlp.OPTIMIZERS[optimizer](learning_rate=0.002)
    assert (
        _race(net, data, rule, 13, l1=0.01, clip_norm=3.0, reduction="sum") < 1e-11
    )  # n times the mean is rounded once more than a sum
    if optimizer != "adamw":
        assert _race(net, data, rule, 13, l2=0.02, reduction="sum") < 1e-11


@pytest.mark.parametrize("rule", [mlp.SGD, mlp.Momentum, mlp.Nesterov])
def test_the_sum_over_n_samples_is_the_mean_with_n_times_the_rate(rule):
    nets = []
    for n, reduction in ((1, "mean"), (50, "sum")):
        net, data = _setting("tanh", "categorical_crossentropy")
        mlp.Trainer(net, data, rule(learning_rate=0.5 / n), batch_size=50, reduction=reduction).run(STEPS)
        nets.append(net.parameters)
    assert distance(*nets) < 1e-11


@pytest.mark.parametrize("loss", [name for name in mlp.LOSSES if not mlp.LOSSES[name].from_logits])
@pytest.mark.parametrize("output", mlp.ACTIVATIONS)
def test_every_output_activation_without_biases(output, loss):
    rng = np.random.default_rng(5)
    net = mlp.MLP([3, 6, 2], "sigmoid", loss, "normal", output_activation=output, use_bias=False)
    data = mlp.Dataset(
        rng.standard_normal((50, 3)), rng.uniform(size=(50, 2)), np.empty((0, 3)), np.empty((0, 2)), "regression"
    )
    assert _race(net, data, mlp.SGD(learning_rate=0.01)) < 1e-12
    assert not any(layer.biases.any() for layer in net.layers)


@pytest.mark.parametrize("limit", [0.01, 0.3, 1e6])
def test_clipping(limit):
    net, data = _setting("relu", "mean_squared_error")
    assert _race(net, data, mlp.Momentum(learning_rate=0.01), clip_norm=limit) < 1e-12


# From which step on which layers are frozen: alone, two of three at once, all, and let go again one by one.
FROZEN = ((0, ()), (13, (1,)), (31, (0, 1)), (45, (0, 1, 2)), (52, (0,)), (68, ()), (80, (2,)))


@pytest.mark.parametrize("clip_norm", [None, 0.3])
@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_frozen_layers_are_those_that_require_no_gradient(optimizer, clip_norm):
    """Weights and all that the optimizer remembers of them stand, its count of steps too, until they are let go."""
    net, data = _setting("tanh", "binary_crossentropy")
    rule = mlp.OPTIMIZERS[optimizer](learning_rate=0.02)
    l1, l2 = 0.01, 0.0 if clip_norm or optimizer == "adamw" else 0.02  # PyTorch's decay comes after its clipping
    twin = Twin(net)
    theirs = OPTIMIZERS[optimizer](twin.groups(getattr(rule, "weight_decay", l2)), rule)
    trainer = mlp.Trainer(net, data, rule, 10, seed=3, l1=l1, l2=l2, clip_norm=clip_norm)
    for (first, frozen), (end, _) in pairwise((*FROZEN, (STEPS, ()))):
        trainer = trainer.fork(first, frozen=frozen)
        while trainer.step_count < end:
            trainer.step()
        for layer, linear in enumerate(twin.linears):
            linear.requires_grad_(layer not in frozen)
        for step in range(first, end):
            rows = trainer.recording.batch(step)
            theirs.zero_grad()
            loss = twin.loss(data.x_train[rows], data.y_train[rows]) + twin.penalty(l1)
            if loss.requires_grad:
                loss.backward()
            if clip_norm is not None:
                torch.nn.utils.clip_grad_norm_(twin.weights + twin.biases, clip_norm)
            theirs.step()
        assert distance(trainer.net.parameters, twin.parameters()) < 1e-12, f"after step {end}"


LR = torch.optim.lr_scheduler
SCHEDULES = {
    "constant": (mlp.Constant(), lambda o: LR.ConstantLR(o, factor=1.0)),
    "step": (mlp.StepDecay(every=30, drop=0.5), lambda o: LR.StepLR(o, 30, 0.5)),
    "exponential": (mlp.Exponential(decay=0.97), lambda o: LR.ExponentialLR(o, 0.97)),
    "cosine": (mlp.Cosine(epochs=100, final=0.1), lambda o: LR.CosineAnnealingLR(o, 100, 0.1 * 0.05)),
    "warm_up": (mlp.WarmUp(epochs=40, start=0.1), lambda o: LR.LinearLR(o, 0.1, 1.0, 40)),
    # PyTorch's cycle has its top at step 0.3 * 100 - 1 and its end at step 99.
    "one_cycle": (
        mlp.OneCycle(epochs=99, rise=29 / 99, start=1 / 25, final=1 / 25 / 1e4),
        lambda o: LR.OneCycleLR(o, 0.05, total_steps=100, cycle_momentum=False),
    ),
}


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("schedule", mlp.SCHEDULES)
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_schedules_step_by_epoch(schedule, optimizer):
    net, data = _setting("tanh", "binary_crossentropy")
    ours, theirs = SCHEDULES[schedule]
    # One batch an epoch, so that PyTorch's steps are our epochs.
    kind = mlp.OPTIMIZERS[optimizer]
    last = (lambda o: _Lenient(theirs(o))) if schedule == "one_cycle" else theirs
    assert _race(net, data, kind(learning_rate=0.05), 50, schedule=ours, their_schedule=last) < 1e-12


class _Lenient:
    """PyTorch's one-cycle schedule refuses the step after its last, which our loop makes for nothing."""

    def __init__(self, schedule) -> None:
        self.schedule, self.left = schedule, 99

    def step(self) -> None:
        if self.left:
            self.schedule.step()
            self.left -= 1


def test_every_optimizer_and_schedule_has_a_counterpart_here():
    assert set(OPTIMIZERS) == set(mlp.OPTIMIZERS)
    assert set(SCHEDULES) == set(mlp.SCHEDULES)
