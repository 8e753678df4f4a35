"""The picture beside a finding shows the numbers of its rule, and a bar beyond the line where the rule complains."""

from dataclasses import replace
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.health import verdicts, words
from playground.health.checkup import Checkup, LayerNumbers, examine
from playground.health.proof import PICTURES, Proof, _percents, before_and_after, flat, proof, staircase
from playground.health.sick import SICK
from playground.health.verdicts import RULES, beside
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import percent, say
from playground.run.runs import new_trainer

DEEP = Config(hidden_layer_sizes=(8,) * 4, activations=("sigmoid",))


@cache
def look(config: Config, epochs: int) -> Checkup:
    trainer = new_trainer(Experiment(config))
    trainer.run(epochs)
    return examine(trainer, trainer.recording.last_step, config.features, own_data=config.own_data)


def limit_of(shown: Proof) -> float:
    (line,) = (shape for shape in shown.figure.layout.shapes if shape.type == "line")
    (name,) = (a for a in shown.figure.layout.annotations if a.text)
    place = np.log10(line.x0) if shown.figure.layout.xaxis.type == "log" else line.x0
    assert name.x == pytest.approx(place), "the name stands at its line"
    return float(line.x0)


def bars(figure: go.Figure, k: int = 0) -> np.ndarray:
    return np.asarray(figure.data[k].x, float)


def test_every_rule_has_its_picture():
    assert set(PICTURES) == set(RULES)


@pytest.mark.parametrize("name", SICK)
@pytest.mark.parametrize("rule", RULES)
def test_a_picture_stands_whatever_the_run(name: str, rule: str):
    shown = proof(rule, look(SICK[name].config, 3), "dark")
    assert shown.figure.to_json()
    assert shown.title
    assert shown.words
    assert not shown.figure.layout.title.text


def with_gradients(c: Checkup, sizes: list[float]) -> Checkup:
    """The same network with gradients of these norms."""
    layers = [
        replace(n, weight_gradients=np.full_like(n.weights, s / np.sqrt(n.weights.size)), bias_gradients=0 * n.biases)
        for n, s in zip(c.layers, sizes, strict=True)
    ]
    return replace(c, layers=layers)


@pytest.mark.parametrize("share", [0.5, 0.0101, 0.00999, 0.0099, 1e-5])
def test_the_staircase_crosses_its_line_exactly_where_the_gradient_is_said_to_fade(share: float):
    c = with_gradients(look(DEEP, 1), [share, 0.2, 0.3, 0.4, 1.0])
    shown = staircase(c, "light")
    np.testing.assert_allclose(bars(shown.figure), [share, 0.2, 0.3, 0.4, 1.0])
    finding = RULES["vanishing"].judge(c)
    assert limit_of(shown) == verdicts.FADES
    assert (bars(shown.figure)[0] < limit_of(shown)) == (finding is not None)
    told = beside(verdicts.FADES, float(c.gradient_shares[0]))
    assert shown.figure.data[0].text[0] == told
    if finding:
        assert f"Layer 1 gets {told} of" in finding.sentence
        assert told != "1 %"


def test_a_staircase_without_any_gradient_says_that_there_is_nothing_to_compare():
    shown = staircase(with_gradients(look(DEEP, 1), [0.0] * 5), "light")
    assert shown.says.startswith("There is nothing to compare")
    assert shown.figure.to_json()


def flat_by(n: LayerNumbers, share: float) -> LayerNumbers:
    """The same layer with sums that are far out for such a share of the points, in every neuron."""
    z = np.zeros_like(n.z)
    z[: round(share * len(z))] = -50.0
    return replace(n, z=z)


@pytest.mark.parametrize(("share", "speaks"), [(0.4, False), (0.5, False), (0.504, True), (0.9, True)])
def test_a_bar_crosses_half_exactly_where_a_layer_is_said_to_be_saturated(share: float, speaks: bool):
    c = look(DEEP, 1)
    layers = [flat_by(c.layers[0], share), *(flat_by(n, 0.1) for n in c.layers[1:-1]), c.layers[-1]]
    c = replace(c, layers=layers)
    shown, finding = flat(c, "light"), RULES["saturated"].judge(c)
    np.testing.assert_array_equal(bars(shown.figure), [n.flat.mean() for n in c.layers])
    assert (bars(shown.figure)[0] > limit_of(shown)) == (finding is not None) == speaks
    if finding:
        assert not finding.sentence.startswith("50 %"), "what is more than half is not told as half"
        assert shown.says.startswith("Layer 1 is flat for more than half of the points: ")
    else:
        assert shown.says.startswith("No layer is flat for more than half of the points; the most are ")


def test_the_line_has_one_name_and_a_sentence_says_why_flat_ends_do_no_harm():
    for epochs, is_harmless in ((1, False), (200, True)):
        c = look(Config(), epochs)
        c = replace(c, layers=[*(flat_by(n, 0.9) for n in c.hidden), c.layers[-1]])
        shown = flat(c, "light")
        (told,) = (a.text for a in shown.figure.layout.annotations)
        assert told == "half flat"
        assert (RULES["saturated"].judge(c) is None) == is_harmless == ("does no harm here" in shown.says)
        if is_harmless:
            share = c.layers[0].gradient_norm / c.layers[-1].gradient_norm
            assert shown.says.endswith(f"layer 1 gets {percent(share, 2)} of the output layer's gradient.")
            fading = with_gradients(c, [0.009, 0.5, 1.0])
            assert "harm" not in flat(fading, "light").says, "the gradient does not get through"
    few = replace(c, layers=[*(flat_by(n, 0.4) for n in c.hidden), c.layers[-1]])
    assert "harm" not in flat(few, "light").says


def marked(shown: Proof) -> list[bool]:
    return ["✗" in label for label in shown.figure.layout.yaxis.ticktext]


def shades(shown: Proof) -> int:
    return sum(shape.type == "rect" for shape in shown.figure.layout.shapes)


def test_what_does_no_harm_is_neither_shaded_nor_marked():
    c = look(Config(), 200)
    c = replace(c, layers=[*(flat_by(n, 0.9) for n in c.hidden), c.layers[-1]])
    assert (shades(flat(c, "light")), marked(flat(c, "light"))) == (0, [False] * 3)
    fading = flat(with_gradients(c, [0.009, 0.5, 1.0]), "light")
    assert (shades(fading), marked(fading)) == (1, [True, True, False])


def test_the_layers_that_a_rule_complains_of_are_marked():
    assert marked(staircase(with_gradients(look(DEEP, 1), [0.001, 0.009, 0.3, 0.4, 1.0]), "dark"))[:3] == [
        True,
        True,
        False,
    ]
    assert all(marked(proof("rate_too_low", look(SICK["too_slow"].config, 60), "light")))
    assert all(marked(proof("unscaled", look(SICK["unscaled"].config, 1), "light")))
    assert marked(proof("twins", look(SICK["zeros"].config, 3), "light")) == [True, True]


@pytest.mark.parametrize("name", SICK)
@pytest.mark.parametrize("rule", RULES)
def test_before_and_after_a_cure_are_the_same_picture_on_one_scale(name: str, rule: str):
    shown = before_and_after(rule, look(SICK[name].config, 3), look(Config(), 3), "light")
    assert len({p.title for p in shown}) == 1
    first, then = (p.figure.layout for p in shown)
    if shown[0].figure.data[0].type == "bar":
        assert first.xaxis.range == then.xaxis.range
        assert (first.xaxis.tickvals or first.xaxis.dtick) == (then.xaxis.tickvals or then.xaxis.dtick)
        if rule not in ("dead", "saturated"):  # with another activation another of the two limits is at work
            assert limit_of(shown[0]) == limit_of(shown[1])
    else:
        assert first.yaxis.range == then.yaxis.range
        assert then.yaxis.range[1] >= max(np.max(trace.y) for p in shown for trace in p.figure.data)


def test_what_faded_is_seen_to_flow_again_on_the_axis_of_the_sick_network():
    sick = with_gradients(look(DEEP, 1), [1e-6, 1e-4, 0.1, 0.4, 1.0])
    well = with_gradients(look(Config(), 3), [3.0, 2.0, 1.0])
    before, after = before_and_after("vanishing", sick, well, "light")
    assert (marked(before), marked(after)) == ([True, True, False, False, False], [False] * 3)
    low, high = before.figure.layout.xaxis.range
    assert low < -6 < np.log10(3.0) < high
    assert limit_of(after) == verdicts.FADES


@pytest.mark.parametrize("ends", [(-8.0, 0.5), (-2.3, 0.1), (-0.5, 0.2), (-4.9, -4.1), (-40.0, 0.0)])
def test_an_axis_of_percents_has_at_least_two_numbers_and_at_most_six(ends: tuple[float, float]):
    ticks = _percents(ends)
    assert 2 <= len(ticks["tickvals"]) == len(ticks["ticktext"]) <= 6
    assert all(ends[0] <= np.log10(tick) <= ends[1] for tick in ticks["tickvals"])


@pytest.mark.parametrize(("n_dead", "speaks"), [(1, False), (2, True), (8, True)])
def test_a_bar_reaches_a_quarter_exactly_where_neurons_are_said_to_be_dead(n_dead: int, speaks: bool):
    c = look(Config(activations=("relu",), initializer="he_normal"), 1)
    z = np.ones_like(c.layers[0].z)
    z[:, :n_dead] = -1.0
    c = replace(c, layers=[replace(c.layers[0], z=z), replace(c.layers[1], z=np.ones_like(c.layers[1].z)), c.layers[2]])
    shown = flat(c, "light")
    assert limit_of(shown) == verdicts.MANY_DEAD
    assert (bars(shown.figure, 1)[0] >= limit_of(shown)) == (RULES["dead"].judge(c) is not None) == speaks
    assert f"{n_dead} of 16 neurons {'is' if n_dead == 1 else 'are'} dead: flat for every point." in shown.says


def test_an_update_that_threw_a_network_out_is_shown_beside_the_limit_for_single_updates():
    c = look(SICK["dead_relu"].config, 60)
    shown = proof("rate_too_high", c, "light")
    worst = c.history.update_ratios.max(axis=0)
    np.testing.assert_array_equal(bars(shown.figure), worst)
    assert limit_of(shown) == verdicts.FAR_TOO_FAST < worst.max()
    assert beside(verdicts.FAR_TOO_FAST, float(worst.max())) in shown.figure.data[0].text


def test_updates_that_are_too_small_are_all_below_their_line():
    c = look(SICK["too_slow"].config, 60)
    shown = proof("rate_too_low", c, "light")
    np.testing.assert_array_equal(bars(shown.figure), c.recent_ratios)
    assert (bars(shown.figure) < limit_of(shown)).all()


def test_inputs_are_shown_in_times_of_what_is_easy():
    c = look(SICK["unscaled"].config, 1)
    shown = proof("unscaled", c, "light")
    np.testing.assert_allclose(bars(shown.figure), np.maximum(abs(c.input_means), c.input_deviations / 3.0))
    assert limit_of(shown) == 1.0
    assert f"body mass (g): {say(float(c.input_means[1]), 3)} times the limit" in shown.words


def test_copies_are_counted_in_every_hidden_layer():
    c = look(SICK["zeros"].config, 3)
    shown = proof("twins", c, "light")
    np.testing.assert_array_equal(bars(shown.figure), [7 / 8, 7 / 8])
    assert list(shown.figure.data[0].text) == ["7 of 8", "7 of 8"]


def test_the_loss_stands_beside_what_guessing_costs():
    c = look(SICK["too_small"].config, 120)
    train, test, guessing = proof("too_small", c, "light").figure.data
    np.testing.assert_array_equal(train.y, c.history.train_loss)
    np.testing.assert_array_equal(test.y, c.history.test_loss)
    assert set(guessing.y) == {c.chance}
    train, _ = proof("noisy", c, "light").figure.data
    np.testing.assert_array_equal(train.y, c.history.train_loss[-21:])


def test_what_each_layer_passes_on_makes_up_what_the_first_gets():
    c = look(DEEP, 1)
    names = [n.name for n in c.layers]
    for share, told in (
        (0.0016, "On average, each layer passes on 20 % of it."),
        (16.0, "On average, each layer makes it 2 times as large."),
        (0.0, "Nothing of it gets back to layer 1."),
    ):
        assert words.share_says(np.array([share, 1.0, 1.0, 1.0, 1.0]), names) == told
    least = words.share_says(np.array([0.0016, 0.001, 0.2, 0.5, 1.0]), names)
    assert least == "On average, each layer passes on 20 % of it; layer 2 gets least, 0.1 %."


# ---- what is to be seen --------------------------------------------------------------------------------------------
def test_layers_are_named_in_the_fewest_words():
    for numbers, wanted in (
        ([2], "Layer 2"), ([1, 2], "Layers 1 and 2"), ([1, 2, 3], "Layers 1 to 3"), ([1, 3, 4], "Layers 1, 3 and 4"),
        ([1, 2, 3, 5, 7, 8, 9], "Layers 1 to 3, 5 and 7 to 9"),
    ):  # fmt: skip
        assert words._layers(numbers) == wanted


def test_each_sentence_tells_the_engines_numbers():
    c = look(Config(activations=("relu",), hidden_layer_sizes=(6, 4)), 30)
    apart = [n.a.std(axis=0).mean() for n in c.hidden]
    low, high = sorted(range(2), key=lambda k: apart[k])
    assert words.activations_say(c.layers).startswith(
        f"From point to point, the output of a neuron of layer {low + 1} varies by {say(float(apart[low]), 2)}, and of "
        f"layer {high + 1} by {say(float(apart[high]), 2)}."
    )
    weights = [np.median(np.abs(n.weights)) for n in c.layers]
    assert f"within ±{say(float(min(weights)), 2)}" in words.weights_say(c.layers)
    assert f"within ±{say(float(max(weights)), 2)}" in words.weights_say(c.layers)
    sizes = [np.median(np.abs(n.weight_gradients)) for n in c.layers]
    assert f"gets a gradient of {say(float(min(sizes)), 2)}" in words.gradients_say(c.layers)
    assert f"{say(float(max(sizes) / min(sizes)), 2)} times as much" in words.gradients_say(c.layers)


def test_what_is_to_be_seen_over_time_is_counted():
    names, epochs = ["layer 1", "layer 2", "output"], [0.0, 1.0, 2.0, 3.0]
    norms = np.array([[1.0, 2.0, 4.0], [0.01, 0.5, 4.0], [0.01, 0.5, 4.0], [0.01, 0.02, 4.0]])
    assert words.norms_say(epochs, norms, names) == (
        f"From epoch 0 to 3, layer 1 typically got the least: {percent(0.01 / 4.0, 2)} of the output layer's."
    )
    reading = "Orange is less than the output layer gets, blue is more."
    little = "had less than 1 % of the output layer's gradient"
    assert words.map_says(norms, names) == f"Layer 1 {little} for most of the run. {reading}"
    assert words.map_says(norms[[0, 1]], names) == f"For 50 % of the run, layer 1 {little}. {reading}"
    assert words.map_says(norms[[3, 3]], names) == f"Layers 1 and 2 {little} for most of the run. {reading}"
    assert words.map_says(norms[:1], names) == f"No layer ever {little}. {reading}"
    ratios = np.array([[1e-5, 1e-3, 0.5]] * 2 + [[np.inf, np.nan, 1.0]])
    assert words.updates_say(ratios, names) == (
        "Layer 1 is mostly below the green band, with weights that hardly move. "
        "The output layer is mostly above the green band, with steps that are wild jumps."
    )
    assert words.updates_say([[1e-3] * 3], names).startswith("Every layer is mostly inside the green band")


@pytest.mark.parametrize(
    "config", [Config(hidden_layer_sizes=()), Config(initializer="zeros"), Config(dataset="plane")]
)
def test_the_sentences_stand_whatever_the_run(config: Config):
    c = look(config, 2)
    names = [n.name for n in c.layers]
    for told in (
        words.flat_says(c.layers), words.activations_say(c.layers), words.weights_say(c.layers),
        words.gradients_say(c.layers), words.share_says(c.gradient_shares, names),
        words.norms_say(c.history.epochs, c.history.gradient_norms, names),
        words.map_says(c.history.gradient_norms, names),
        words.updates_say(c.history.update_ratios, names), words.updates_say(np.zeros((0, len(names))), names),
    ):  # fmt: skip
        assert told.endswith(".")
        assert "nan" not in told


@pytest.mark.parametrize("value", [0.5 + 1e-15, 0.5000001, 0.504, 0.4996, 0.51])
def test_a_number_is_told_apart_from_the_limit_beside_it(value: float):
    assert beside(0.5, value) != percent(0.5, 2)
    assert beside(0.5, 0.5) == "50 %"
