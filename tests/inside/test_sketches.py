"""The pictures of the walk's ideas show the engine's own numbers, and slopes that are those of their curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mlp
from playground.inside import sketches
from playground.inside.ideas import Idea, walk
from playground.inside.sketches import MOST_BARS, Bar
from playground.inside.step import Step, take_apart
from playground.inside.terms import Terms
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer

CONFIGS = {
    "two classes": Config(hidden_layer_sizes=(5, 4)),
    "four classes": Config(dataset="blobs", n_classes=4, hidden_layer_sizes=(5, 4), activations=("relu",)),
    "a number": Config(dataset="plane", hidden_layer_sizes=(5, 4), optimizer="momentum"),
    "absolute error": Config(dataset="ripple", hidden_layer_sizes=(5, 4), loss="mean_absolute_error"),
    "hinge": Config(dataset="moons", hidden_layer_sizes=(5, 4), loss="hinge", optimizer="rmsprop"),
    "a sum": Config(hidden_layer_sizes=(5, 4), reduction="sum", optimizer="sgd", learning_rate=0.001),
    "dropout": Config(hidden_layer_sizes=(5, 4), dropout=0.4, l2=0.01, schedule="cosine"),
    "no biases": Config(hidden_layer_sizes=(5, 4), use_bias="off", activations=("sine",)),
}
POINT, AT = 3, 30
PICK = (2, 1, 2)


def terms_of(config: Config) -> Terms:
    trainer = new_trainer(Experiment(config))
    trainer.run(3)
    return Terms(take_apart(trainer, AT), POINT, ("x₁", "x₂"))


@pytest.fixture(scope="module", params=CONFIGS.values(), ids=CONFIGS.keys())
def terms(request: pytest.FixtureRequest) -> Terms:
    return terms_of(request.param)


@pytest.fixture(scope="module")
def ideas(terms: Terms) -> dict[str, Idea]:
    return {idea.short: idea for idea in walk(terms, *PICK)}


def values(sketch: sketches.Sketch) -> list[float]:
    return [float(bar["value"][2]) for bar in sketch["bars"]]


def total(sketch: sketches.Sketch) -> float:
    return float(sketch["total"]["value"][2])


def unit_of(layer: int) -> int:
    """The unit that the walk follows in a layer."""
    return PICK[2] if layer == PICK[0] else 0


def of(ideas: dict[str, Idea], short: str, k: int = 0) -> Any:
    return ideas[short].sketches[k]


def traces(step: Step) -> list[mlp.network.LayerTrace]:
    return step.net.trace(step.x, step.labels)


def layer_name(step: Step, layer: int) -> str:
    return "output" if layer == len(step.layers) else f"layer {layer}"


def test_every_idea_with_a_finite_number_has_its_picture(terms: Terms, ideas: dict[str, Idea]):
    bare = {"limits", "memory", "rate"}  # a clipped gradient, or an optimizer that adds nothing up, has none
    for short, idea in ideas.items():
        assert idea.sketches or short in bare, short
        for sketch in idea.sketches:
            assert sketch["says"].endswith(".")


def test_what_comes_over_the_links_adds_up_to_the_engines_sum(terms: Terms, ideas: dict[str, Idea]):
    step = terms.step
    x = step.x
    for layer, here in enumerate(step.layers, start=1):
        j = unit_of(layer)
        sketch = of(ideas, f"sums {layer_name(step, layer)}")
        carried = here.weights[:, j] * x[POINT]
        bias = [here.biases[j]] if step.net.shape.use_bias else []
        assert values(sketch) == pytest.approx([*carried, *bias], rel=1e-13)
        assert [bar["key"] for bar in sketch["bars"]] == [f"l:{layer}:{i}:{j}" for i in range(len(carried) + len(bias))]
        assert total(sketch) == pytest.approx(here.z[POINT, j], rel=1e-12)
        assert sum(values(sketch)) == pytest.approx(total(sketch), rel=1e-12)
        x = here.a


def test_a_bend_is_the_engines_and_the_neuron_stands_on_it(terms: Terms, ideas: dict[str, Idea]):
    for layer in (1, 2):
        here, j = terms.step.layers[layer - 1], unit_of(layer)
        forward, back = of(ideas, f"bend layer {layer}"), of(ideas, f"blame layer {layer}", -1)
        for sketch in (forward, back):
            np.testing.assert_allclose(sketch["y"], here.activation.value(np.array(sketch["x"])))
            assert sketch["at"] == pytest.approx([here.z[POINT, j], here.bent[POINT, j]], rel=1e-13)
        assert forward["slope"] is None
        z, h = here.z[POINT, j], 1e-6
        above, below = here.activation.value(np.array([z + h, z - h]))
        assert back["slope"] == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-9)


def test_the_answers_picture_is_the_networks_belief(terms: Terms, ideas: dict[str, Idea]):
    if "answer" not in ideas:
        assert terms.step.net.loss.name not in ("binary_crossentropy", "categorical_crossentropy")
        return
    outputs = terms.step.layers[-1].a[POINT]
    sketch = of(ideas, "answer")
    if len(outputs) == 1:
        assert sketch["at"] == pytest.approx([outputs[0], 1 / (1 + np.exp(-outputs[0]))], rel=1e-12)
    else:
        assert values(sketch) == pytest.approx(np.exp(outputs) / np.exp(outputs).sum(), rel=1e-12)
        assert [bar["group"] for bar in sketch["bars"]] == [0, 1, 2, 3]
        assert sketch["total"] is None


def test_the_losss_picture_is_what_the_point_would_cost_and_its_slope_is_the_curves(
    terms: Terms, ideas: dict[str, Idea]
):
    step = terms.step
    is_one_of_several = step.layers[-1].a.shape[1] > 1 and step.labels.ndim == 1
    for short, k in (("loss", int(step.labels[POINT]) if is_one_of_several else 0), ("blame output", 0)):
        sketch = of(ideas, short)
        assert sketch["at"] == pytest.approx([step.layers[-1].a[POINT, k], step.losses[POINT]], rel=1e-12)
        output = sketch["x"][7]
        outputs = step.layers[-1].a[[POINT]].copy()
        outputs[0, k] = output
        alone = step.net.loss.each(np.ascontiguousarray(outputs.T), step.targets[:, [POINT]])
        assert sketch["y"][7] == pytest.approx(float(alone[0]), rel=1e-12)
    assert of(ideas, "loss")["slope"] is None
    slope, (at, _) = of(ideas, "blame output")["slope"], of(ideas, "blame output")["at"]

    def cost(value: float) -> float:
        outputs = step.layers[-1].a[[POINT]].copy()
        outputs[0, 0] = value
        return float(step.net.loss.each(np.ascontiguousarray(outputs.T), step.targets[:, [POINT]])[0])

    h = 1e-6
    assert slope == pytest.approx((cost(at + h) - cost(at - h)) / (2 * h), rel=1e-6, abs=1e-9)
    assert slope == pytest.approx(step.n * step.layers[-1].d_a[POINT, 0], rel=1e-13)
    truth = of(ideas, "loss")["truth"]
    assert truth == (None if step.net.loss.from_logits else step.targets[0, POINT])


def test_the_blame_that_comes_back_adds_up_to_the_slope_of_the_loss_along_the_output(
    terms: Terms, ideas: dict[str, Idea]
):
    step = terms.step
    for layer in (1, 2):
        j = unit_of(layer)
        here, then = step.layers[layer - 1], step.layers[layer]
        found = ideas[f"blame layer {layer}"].sketches
        if then.weights.shape[1] == 1:
            assert [sketch["kind"] for sketch in found] == ["curve"], "one link alone adds nothing up"
            continue
        assert [sketch["kind"] for sketch in found] == ["bars", "curve"]
        assert values(found[0]) == pytest.approx(then.weights[j] * step.n * then.d_z[POINT], rel=1e-12, abs=1e-15)
        assert total(found[0]) == pytest.approx(step.n * here.d_a[POINT, j], rel=1e-11, abs=1e-15)


def test_what_each_point_asks_for_comes_to_the_gradient(terms: Terms, ideas: dict[str, Idea]):
    step = terms.step
    for layer in (1, 2, 3):
        i, j = PICK[1:] if layer == PICK[0] else (0, 0)
        sketch = of(ideas, f"gradient {layer_name(step, layer)}")
        gradient = step.gradient[step.net.shape.index(layer - 1, i, j)]
        assert len(sketch["bars"]) == step.n
        assert sketch["marked"] == POINT
        whole = sum(values(sketch)) if step.is_sum else np.mean(values(sketch))
        assert whole == pytest.approx(gradient, rel=1e-11, abs=1e-15)
        assert total(sketch) == pytest.approx(gradient, rel=1e-11, abs=1e-15)
        assert sketch["total"]["label"] == ["words", "sum" if step.is_sum else "mean"]


def test_the_new_weight_stands_on_the_engines_loss_and_the_tangent_is_the_gradient(
    terms: Terms, ideas: dict[str, Idea]
):
    step, sketch = terms.step, of(ideas, "update")
    k = step.net.shape.index(PICK[0] - 1, *PICK[1:])
    assert sketch["at"][0] == step.net.parameters[k]
    assert sketch["to"][0] == step.after[k]
    share = step.n if step.is_sum else 1
    for value, loss in (sketch["at"], sketch["to"], (sketch["x"][0], sketch["y"][0])):
        parameters = step.net.parameters.copy()
        parameters[k] = value
        assert loss == pytest.approx(share * step.loss_of(parameters), rel=1e-13)
    (slope,) = step.measured([k])
    assert sketch["slope"] == pytest.approx(slope, rel=1e-5, abs=1e-9)
    assert min(sketch["x"]) < min(sketch["at"][0], sketch["to"][0])
    assert max(sketch["at"][0], sketch["to"][0]) < max(sketch["x"])


@pytest.mark.parametrize(
    ("optimizer", "names"),
    [("momentum", ["velocity"]), ("adagrad", ["squares"]), ("rmsprop", ["squares"]), ("adam", ["mean", "squares"])],
)
def test_what_an_optimizer_remembers_adds_up_to_what_the_engine_keeps(optimizer: str, names: list[str]):
    terms = terms_of(Config(hidden_layer_sizes=(5, 4), optimizer=optimizer))
    (idea,) = (idea for idea in walk(terms, *PICK) if idea.short == "memory")
    k = terms.index(*PICK)
    kept = [float(terms.step.memory_after[name][k]) for name in names]
    assert [total(sketch) for sketch in idea.sketches] == pytest.approx(kept, rel=1e-11)
    assert [sum(values(sketch)) for sketch in idea.sketches] == pytest.approx(kept, rel=1e-11)


def test_a_schedule_is_drawn_over_its_epochs_and_this_step_stands_on_it():
    terms = terms_of(Config(hidden_layer_sizes=(5, 4), schedule="cosine"))
    (idea,) = (idea for idea in walk(terms, *PICK) if idea.short == "rate")
    (sketch,) = idea.sketches
    assert sketch["at"] == pytest.approx([terms.step.epoch, terms.step.rate], rel=1e-13)
    settings = terms.step.settings
    rates = [settings.optimizer.learning_rate * settings.schedule.factor(epoch) for epoch in sketch["x"]]
    assert sketch["y"] == pytest.approx(rates, rel=1e-13)


def test_the_point_lies_among_its_mini_batch_in_its_classes_and_inputs_that_are_no_plane_stand_side_by_side():
    terms = terms_of(CONFIGS["four classes"])
    (sketch,) = sketches.of_point(terms)
    assert sketch["points"] == terms.step.x.tolist()
    assert sketch["groups"] == terms.step.labels.tolist()
    assert sketch["at"] == POINT
    assert sketches.of_point(terms_of(CONFIGS["a number"]))[0]["groups"] is None
    more = terms_of(Config(features=("x1", "x2", "sin x1"), hidden_layer_sizes=(5, 4)))
    (sketch,) = sketches.of_point(more)
    assert values(sketch) == more.step.x[POINT].tolist()
    assert sketch["total"] is None


def test_of_many_numbers_the_largest_are_drawn_in_their_order_and_the_one_to_stand_out_always():
    many = [Bar(str(k), float(k)) for k in range(40)]
    (sketch,) = sketches.bars("Many.", many, Bar("total", 780.0), marked=2)
    assert values(sketch) == [2.0, *range(40 - MOST_BARS + 1, 40)]
    assert sketch["marked"] == 0
    assert sketch["says"] == f"Many. The {MOST_BARS} largest of 40 are drawn."
    (sketch,) = sketches.bars("Few.", many[:MOST_BARS])
    assert (sketch["says"], sketch["marked"], len(sketch["bars"])) == ("Few.", None, MOST_BARS)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_number_beyond_all_bounds_has_no_picture_and_a_part_of_a_curve_that_is_is_left_out(bad: float):
    assert sketches.bars("Sum.", [Bar("a", 1.0), Bar("b", bad)]) == []
    assert sketches.bars("Sum.", [Bar("a", 1.0)], Bar("z", bad)) == []
    xs = np.linspace(0.0, 1.0, 5)
    assert sketches.curve("Curve.", ("x", "y"), xs, np.exp, bad) == []
    assert sketches.curve("Curve.", ("x", "y"), xs, lambda x: x, 0.5, slope=bad) == []
    assert sketches.curve("Curve.", ("x", "y"), xs, lambda x: np.where(x == 0.5, bad, x), 0.5) == []
    (sketch,) = sketches.curve("Curve.", ("x", "y"), xs, lambda x: np.where(x == 0.25, bad, x), 0.5)
    assert sketch["y"] == [0.0, None, 0.5, 0.75, 1.0]


def test_a_diverged_run_is_still_walked_through():
    trainer = new_trainer(Experiment(Config(dataset="plane", optimizer="sgd", learning_rate=10.0)))
    trainer.run(10)
    assert trainer.recording.has_ended
    terms = Terms(take_apart(trainer, trainer.recording.last_step), 0, ("x₁", "x₂"))
    assert {idea.stage for idea in walk(terms, *PICK)} == {"forward", "loss", "backward", "update"}
