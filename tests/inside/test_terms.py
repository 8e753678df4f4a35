"""The terms on screen are put together again here and must give the engine's own numbers.

`Line.value` is computed from the very tree that is shown, so that these tests check the formulas on screen.
"""

import numpy as np
import pytest

import mlp
from playground.inside.expressions import plain
from playground.inside.picture import parse_pick, picture
from playground.inside.step import H, Step, digits, take_apart
from playground.inside.terms import Terms, slopes_table

N_OUT = {"binary_crossentropy": (1, 2), "categorical_crossentropy": (3,), "hinge": (1, 3)}
"""How many outputs to try a loss with; 1 and 2 for the losses of numbers."""


def make_trainer(
    activation: str | mlp.Activation, loss: str, optimizer: str, n_out: int = 1, *, use_bias: bool = True,
    output_activation: str = "identity", **settings: object,
) -> mlp.Trainer:  # fmt: skip
    """A tiny run with everything switched on that a step can hold."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal((14, 2))
    entry = mlp.LOSSES[loss]
    if entry.from_logits:
        y = np.arange(14) % max(n_out, 2)
        task = "binary" if n_out <= 2 and "binary" in entry.tasks else "multiclass"
    else:
        y, task = rng.standard_normal((14, n_out)), "regression"
    data = mlp.Dataset(x, y, x[:0], y[:0], task)
    net = mlp.MLP([2, 3, 3, n_out], activation, loss, "glorot_normal", 3, output_activation, use_bias)
    return mlp.Trainer(net, data, mlp.OPTIMIZERS[optimizer](learning_rate=0.02), batch_size=5, seed=2, **settings)


def steps_of(trainer: mlp.Trainer) -> list[Step]:
    """A first step, with an empty memory, and one in mid-run on the odd last batch of an epoch."""
    trainer.run(3)
    return [take_apart(trainer, 0), take_apart(trainer, 5)]


def assert_same(found: float, wanted: float, what: str, within: float = 1e-12) -> None:
    allowed = within * max(1.0, abs(wanted))
    assert abs(found - wanted) <= allowed, f"{what}: {found!r} on screen, {wanted!r} in the engine"


def links(step: Step) -> list[tuple[int, int, int]]:
    sizes = step.net.sizes
    bias = step.net.shape.use_bias
    return [(n + 1, i, j) for n in range(len(sizes) - 1) for j in range(sizes[n + 1]) for i in range(sizes[n] + bias)]


def check_forward(step: Step) -> None:
    for point in range(step.n):
        terms = Terms(step, point)
        a = step.x[point]
        for n, layer in enumerate(step.net.layers, start=1):
            z, a = layer.forward(a)
            for j in range(len(z)):
                assert_same(terms.sum_line(n, j).value, z[j], f"z of {terms.unit_name(n, j)}")
                assert_same(terms.bend_line(n, j).value, a[j], f"a of {terms.unit_name(n, j)}")
        assert_same(terms.loss_lines()[-1].value, step.losses[point], "the loss of a point")
    whole = step.net.loss_value(step.x, step.labels)
    assert_same(Terms(step, 0).mean_loss_line().value, whole, "the mean loss")


def check_backward(step: Step) -> None:
    _, gradient = step.net.loss_and_gradient(step.x, step.labels)
    traces = step.net.trace(step.x, step.labels)
    for point in range(step.n):
        terms = Terms(step, point)
        for n, trace in enumerate(traces, start=1):
            for j in range(trace.z.shape[1]):
                assert_same(terms.blame_lines(n, j)[-1].value, step.n * trace.d_z[point, j], f"δ {n} {j}")
    for n, i, j in links(step):
        line = Terms(step, 0).batch_gradient_line(n, i, j)
        share = step.n if step.is_sum else 1  # the engine's method has the mean
        expected = share * gradient[step.net.shape.index(n - 1, i, j)]
        assert_same(line.value, expected, f"gradient of {Terms(step, 0).link_name(n, i, j)}")
        own = [Terms(step, p).gradient_line(n, i, j).value for p in range(step.n)]
        assert_same(share * float(np.mean(own)), line.value, "the mean of the points' own gradients")


def check_update(step: Step) -> None:
    for n, i, j in links(step):
        line = Terms(step, 0).update_lines(n, i, j)[-1]
        where = Terms(step, 0).link_name(n, i, j)
        assert_same(line.value, step.after[step.net.shape.index(n - 1, i, j)], f"new value of {where}")


@pytest.mark.parametrize("loss", mlp.LOSSES)
@pytest.mark.parametrize("activation", [*mlp.ACTIVATIONS, mlp.LeakyReLU(0.2)], ids=str)
def test_the_terms_give_the_engines_numbers(activation: str | mlp.Activation, loss: str):
    for n_out in N_OUT.get(loss, (1, 2)):
        for k, optimizer in enumerate(mlp.OPTIMIZERS):
            for step in steps_of(make_trainer(activation, loss, optimizer, n_out)):
                if k == 0:  # nothing before the update depends on the optimizer
                    check_forward(step)
                    check_backward(step)
                check_update(step)


UNUSUAL = {
    "no biases": {"use_bias": False},
    "summed": {"reduction": "sum"},
    "frozen": {"frozen": (1,), "l2": 0.03, "clip_norm": 0.05},
    "both": {"use_bias": False, "reduction": "sum", "l1": 0.02, "l2": 0.03, "dropout": 0.4, "clip_norm": 0.05},
}


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
@pytest.mark.parametrize("unusual", UNUSUAL)
def test_networks_without_biases_and_slopes_that_are_added_up_recombine_too(unusual: str, optimizer: str):
    for step in steps_of(make_trainer("tanh", "binary_crossentropy", optimizer, 1, **UNUSUAL[unusual])):
        if step.settings.dropout == 0.0:
            check_forward(step)
            check_backward(step)
        check_update(step)
        for n, i, j in links(step):
            line = Terms(step, 0).batch_gradient_line(n, i, j)
            assert_same(line.value, step.gradient[step.net.shape.index(n - 1, i, j)], "the gradient on screen")
            assert_same(Terms(step, 0).measured_line(n, i, j).value, line.value, "the slope, measured", 1e-8)


@pytest.mark.parametrize("output", mlp.ACTIVATIONS)
@pytest.mark.parametrize("loss", [name for name, loss in mlp.LOSSES.items() if not loss.from_logits])
def test_every_output_activation_recombines_too(loss: str, output: str):
    for step in steps_of(make_trainer("tanh", loss, "sgd", 2, output_activation=output)):
        check_forward(step)
        check_backward(step)
        check_update(step)


def test_where_biases_are_off_none_is_shown():
    step = steps_of(make_trainer("tanh", "huber", "sgd", 1, use_bias=False))[1]
    terms = Terms(step, 0)
    assert "b_" not in plain(terms.sum_line(1, 0).payload()["letters"])
    assert [group.title for group in terms.about_unit(1, 0)] == ["Its sum and its bend", "Its blame"]
    assert [row["parameter"] for row in slopes_table(step, 1, 0)] == ["w from 1", "w from 2"]
    assert parse_pick("l:1:2:0", step) == parse_pick("", step)
    drawn = picture(step, 0, (1, 0, 0), ["x1", "x2"])
    assert not any("bias" in unit for column in drawn["columns"] for unit in column["units"])
    assert not any("bias" in idea["sentence"] for idea in drawn["ideas"])


def test_where_slopes_are_added_up_the_letters_say_so():
    step = steps_of(make_trainer("tanh", "huber", "sgd", 1, reduction="sum"))[1]
    line = Terms(step, 0).batch_gradient_line(1, 0, 0)
    assert plain(line.payload()["letters"]).startswith("Σ")
    assert line.note == "the sum over the 4 points of the mini-batch"
    assert line.value == pytest.approx(4 * step.layers[0].d_W[0, 0], rel=1e-12)


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
@pytest.mark.parametrize(
    "settings",
    [
        {"l2": 0.1},
        {"l1": 0.05},
        {"l1": 0.02, "l2": 0.03, "dropout": 0.4, "clip_norm": 0.05},
        {"schedule": mlp.WarmUp(epochs=5.0), "clip_norm": 100.0},
    ],
    ids=["l2", "l1", "all", "schedule"],
)
def test_regularizers_clipping_and_schedules_recombine_too(optimizer: str, settings: dict[str, object]):
    for step in steps_of(make_trainer("tanh", "binary_crossentropy", optimizer, 1, **settings)):
        check_update(step)
        terms = Terms(step, 1)
        for n, layer in enumerate(step.layers, start=1):
            for j in range(layer.z.shape[1]):
                assert_same(terms.bend_line(n, j).value, layer.a[1, j], "a under dropout")
                assert_same(terms.blame_lines(n, j)[-1].value, step.n * layer.d_z[1, j], "δ under dropout")


def test_a_step_tells_its_learning_rate_and_what_clipping_did():
    trainer = make_trainer("tanh", "binary_crossentropy", "sgd", schedule=mlp.Cosine(epochs=7.0), clip_norm=0.05)
    trainer.run(3)
    for at in (0, 4, 7):
        step, terms = take_apart(trainer, at), Terms(take_apart(trainer, at), 0)
        (rate,) = terms.rate_lines()
        assert rate.value == step.rate == trainer.settings.optimizer.learning_rate * mlp.Cosine(7.0).factor(step.epoch)
        assert f"the schedule “Cosine” at epoch {step.epoch:.4g}" in str(rate)
        assert rate in terms.update_lines(1, 0, 0)
        (clipped,) = terms.penalty_lines(1, 0, 0)
        length = float(np.linalg.norm(step.gradient))
        assert f"all gradients together are {length:.4g} long, and 0.05 is allowed" in str(clipped)
        assert_same(clipped.value, float(step.gradient[0]) * min(1.0, 0.05 / (length + 1e-6)), "clipped")
    constant = make_trainer("tanh", "binary_crossentropy", "sgd")
    constant.run(1)
    assert Terms(take_apart(constant, 0), 0).rate_lines() == []


def test_a_step_right_after_a_change_of_optimizer_starts_with_an_empty_memory():
    trainer = make_trainer("tanh", "binary_crossentropy", "sgd")
    trainer.run(2)
    forked = trainer.fork(4, optimizer=mlp.Adam(learning_rate=0.01))
    forked.run(2)
    check_update(take_apart(forked, 4))
    check_update(take_apart(forked, 3))


def test_without_hidden_layers_there_is_still_a_step_to_show():
    data = mlp.make_dataset("blobs", 20, seed=1)
    trainer = mlp.Trainer(mlp.MLP([2, 3], loss="categorical_crossentropy"), data, batch_size=4)
    for step in steps_of(trainer):
        check_forward(step)
        check_backward(step)
        check_update(step)


def test_measured_slopes_stand_beside_the_gradients():
    (step, _) = steps_of(make_trainer("tanh", "mean_squared_error", "sgd", dropout=0.3))
    for row in slopes_table(step, 2, 1):
        assert row["measured slope"] == pytest.approx(row["gradient"], rel=1e-6, abs=1e-10)
        assert row["relative error"] < 1e-6 or abs(row["gradient"]) < 1e-9
    assert [row["parameter"] for row in slopes_table(step, 1, 0)] == ["w from 1", "w from 2", "bias"]


@pytest.mark.parametrize(("a", "b", "wanted"), [(1.0, 1.0 + 1e-9, 8), (1.0, 1.0, 16), (0.0, 0.0, 16), (1.0, -1.0, 0)])
def test_digits_that_agree(a: float, b: float, wanted: int):
    assert digits(a, b) in (wanted, wanted + 1)
    assert digits(5.0, 5.0, [3e-8, 4e-8]) == 8, "of vectors, the length of the difference over the length"
    assert H == 1e-5
