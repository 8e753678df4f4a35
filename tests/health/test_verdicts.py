"""Every rule speaks up on a run that is ill in its way, and keeps quiet on one that is not."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import mlp
from playground.health.checkup import Checkup, chance_loss, examine, noise_scale
from playground.health.headlines import headline_at, headlines, is_costly
from playground.health.proof import PICTURES, proof
from playground.health.sick import SICK
from playground.health.verdicts import FAR_TOO_FAST, RULES, Finding, headline, is_flat, verdicts
from playground.run import link
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Gate, Run, Runs, forked, new_trainer, trainer_settings
from playground.web.message import Question
from playground.web.reply import reply

EPOCHS = 120

MUST: dict[str, Config] = {
    "twins": Config(initializer="zeros"),
    "unscaled": SICK["unscaled"].config,
    "rate_too_high": Config(activations=("relu",), optimizer="sgd", learning_rate=3.0),
    "rate_too_low": Config(optimizer="sgd", learning_rate=1e-4),
    "dead": Config(activations=("relu",), learning_rate=0.3),
    "too_small": SICK["too_small"].config,
    "saturated": SICK["noisy"].config,
    "vanishing": SICK["deep_sigmoid"].config,
    "exploding": Config(activations=("relu",), initializer="normal", hidden_layer_sizes=(32,) * 8, learning_rate=1e-5),
    "chance": Config(initializer="zeros"),
    "overfitting": SICK["overfitting"].config,
    "noisy": SICK["noisy"].config,
}
MUST_NOT: dict[str, Config] = {
    "twins": Config(),
    "unscaled": Config(own_data=replace(SICK["unscaled"].config.own_data, scaling="standard")),
    "rate_too_high": Config(activations=("relu",), initializer="he_normal", learning_rate=0.01),
    "rate_too_low": Config(optimizer="sgd", learning_rate=0.03),
    "dead": Config(activations=("relu",), initializer="he_normal"),
    "too_small": Config(dataset="circles", hidden_layer_sizes=(3,)),
    "saturated": Config(),
    "vanishing": Config(activations=("relu",), hidden_layer_sizes=(8,) * 8, initializer="he_normal"),
    "exploding": Config(activations=("relu",), initializer="he_normal", hidden_layer_sizes=(32,) * 4),
    "chance": Config(activations=("sigmoid",), hidden_layer_sizes=(8,)),
    "overfitting": Config(),
    "noisy": Config(batch_size=250, learning_rate=0.03, noise=0.3),
}


@cache
def trained(config: Config, epochs: int = EPOCHS) -> mlp.Trainer:
    trainer = new_trainer(Experiment(config))
    trainer.run(epochs)
    return trainer


@cache
def look(config: Config, epochs: int = EPOCHS) -> Checkup:
    trainer = trained(config, epochs)
    return examine(trainer, trainer.recording.last_step, config.features, own_data=config.own_data)


def names(checkup: Checkup) -> list[str]:
    return [verdict.rule.name for verdict in verdicts(checkup)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_speaks_up(rule: str):
    assert rule in names(look(MUST[rule]))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_keeps_quiet(rule: str):
    assert rule not in names(look(MUST_NOT[rule]))


@pytest.mark.parametrize("epochs", [0, 1, 20, 60, 200])
def test_the_opening_run_is_healthy_all_the_way(epochs: int):
    assert names(look(Config(), epochs)) == []


@pytest.mark.parametrize("name", SICK)
def test_every_sick_network_shows_what_it_is_for(name: str):
    sick = SICK[name]
    assert sick.shows in names(look(sick.config))
    experiment = Experiment(sick.config)
    assert link.run_from_query(link.run_to_query(experiment)) == (experiment, 0, [])


def test_scaling_alone_cures_what_unscaled_inputs_make_ill():
    checkup = look(SICK["unscaled"].config)
    assert checkup.train_loss > 0.97 * checkup.chance
    assert checkup.layers[0].flat.mean() > 0.9
    verdict = next(v for v in verdicts(checkup) if v.rule.name == "unscaled")
    assert verdict.sentence.startswith("Input body mass (g) has a mean of 42")
    cure = verdict.tries[0].experiment(Experiment(SICK["unscaled"].config), checkup.step)
    assert cure.config.own_data == MUST_NOT["unscaled"].own_data
    cured = look(cure.config)
    assert cured.train_loss < 0.5 * cured.chance
    assert "unscaled" not in names(cured)


def test_a_broken_run_is_blamed_on_the_learning_rate():
    config = Config(dataset="plane", activations=("relu",), optimizer="sgd", learning_rate=3.0)
    checkup = look(config)
    assert checkup.diverged
    assert names(checkup)[0] == "rate_too_high"


@pytest.mark.parametrize("config", MUST.values(), ids=MUST)
def test_every_experiment_on_offer_can_be_made(config: Config):
    checkup = look(config)
    present = Experiment(config)
    for verdict in verdicts(checkup):
        assert verdict.numbers
        assert all(isinstance(value, int | float) and np.isfinite(value) for _, value in verdict.numbers)
        for option in verdict.tries:
            new = option.experiment(present, checkup.step)
            assert new != present, f"{verdict.rule.name}: {option.label} changes nothing"
            assert option.again != bool(new.changes) or not new.changes


@pytest.mark.parametrize("rule", ["rate_too_high", "dead", "vanishing", "twins", "rate_too_low", "too_small"])
def test_the_first_experiment_cures(rule: str):
    config = MUST[rule]
    (verdict,) = (v for v in verdicts(look(config)) if v.rule.name == rule)
    assert bool(verdict.tries) != bool(verdict.cause)
    first = verdicts(look(config))[0]  # the cure of a consequence is that of its cause
    assert verdict.cause in ("", first.rule.title)
    new = first.tries[0].experiment(Experiment(config), look(config).step)
    if new.changes:
        trainer = trained(config).fork(new.changes[0].step, **trainer_settings(new.now, trained(config).data))
        trainer.run(EPOCHS)
        after = examine(trainer, trainer.recording.last_step)
    else:
        after = look(new.config)
    assert rule not in names(after)


@pytest.mark.parametrize("config", [*MUST.values(), Config()], ids=[*MUST, "healthy"])
def test_the_same_numbers_give_the_same_verdicts_at_any_batch_size(config: Config):
    # A batch of all points, and one that is larger still, make the very same run.
    n = look(config).n_train
    one, two = look(replace(config, batch_size=n), 40), look(replace(config, batch_size=min(2 * n, 2000)), 40)
    assert [(v.rule.name, v.sentence) for v in verdicts(one)] == [(v.rule.name, v.sentence) for v in verdicts(two)]
    # And of all rules, only the one about batches looks at their size, for which the one about neurons makes way.
    checkup = look(config)
    for size in (1, 7, 2000):
        assert set(names(checkup)) ^ set(names(replace(checkup, batch_size=size))) <= {"noisy", "too_small"}


def with_losses(train: list[float], test: list[float]) -> Checkup:
    """The healthy run, with other losses put in."""
    checkup = look(Config())
    k = len(train)
    past = replace(
        checkup.history, epochs=np.arange(float(k)), steps=np.arange(k), train_loss=np.array(train),
        test_loss=np.array(test), gradient_norms=checkup.history.gradient_norms[:k],
    )  # fmt: skip
    return replace(checkup, history=past)


def test_only_a_test_loss_that_parts_from_the_training_loss_is_learning_by_heart():
    down = [0.7, 0.4, 0.3, 0.2, 0.1]
    assert "overfitting" in names(with_losses(down, [0.7, 0.4, 0.5, 0.6, 0.7]))
    assert "overfitting" not in names(with_losses(down, [0.7, 0.4, 0.41, 0.45, 0.5])), "it has hardly risen"
    assert "overfitting" not in names(with_losses([0.7, 0.4, 0.5, 0.6, 0.7], [0.7, 0.4, 0.5, 0.6, 0.7])), "both rose"
    tiny = [1e-4 * loss for loss in down]
    assert "overfitting" not in names(with_losses(tiny, [1e-3, 1e-4, 2e-4, 3e-4, 4e-4])), "both are next to nothing"
    assert "overfitting" not in names(with_losses(down, [np.nan] * 5)), "there are no test data"


def test_batches_as_large_as_the_noise_are_not_too_small():
    checkup = look(SICK["noisy"].config)
    assert "noisy" in names(checkup)
    assert "noisy" not in names(replace(checkup, batch_size=int(checkup.noise_scale)))


def test_chance_is_the_best_answer_that_ignores_the_inputs():
    for config, wanted in (
        (Config(), np.log(2.0)),
        (Config(dataset="blobs"), np.log(3.0)),
        (Config(loss="mean_squared_error"), 0.25),
    ):
        trainer = new_trainer(Experiment(config))
        assert chance_loss(trainer.net, trainer.data) == pytest.approx(wanted, abs=2e-3)


def test_the_noise_scale_is_that_of_the_single_points_gradients():
    trainer = trained(Config(n_samples=60), 5)
    net, data = trainer.net, trainer.data
    pairs = zip(data.x_train, data.y_train, strict=True)
    each = np.array([net.loss_and_gradient(x[None], np.array([y]))[1] for x, y in pairs])
    mean = each.mean(axis=0)
    wanted = ((each - mean) ** 2).sum(axis=1).mean() / (mean @ mean)
    assert noise_scale(net, data) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e100])
def test_twins_are_found_as_by_comparing_every_neuron_with_every_other(size):
    rng = np.random.default_rng(5)
    units = rng.normal(size=(30, 7))
    units[20:] = units[rng.integers(0, 9, 10)] * (1.0 + rng.choice([0.0, 1e-11, 1e-8, 1e-5], (10, 1)))
    units[28:] = 0.0
    units *= size
    of = examine(new_trainer(Experiment(Config())), 0).layers[0]
    wanted = sum(
        any(np.linalg.norm(a - b) <= 1e-9 * max(np.linalg.norm(a), np.linalg.norm(b)) for b in units[:k])
        for k, a in enumerate(units)
    )
    assert 3 < wanted < 12
    assert replace(of, weights=units[:, :-1].T, biases=units[:, -1]).n_twins == wanted


def test_update_ratios_are_those_of_single_steps():
    trainer = trained(Config(), 20)
    checkup = look(Config(), 20)
    frames = trainer.recording.between(0, 1)
    first = frames.parameters[1] - frames.parameters[0]
    (moved, *_), (before, *_) = trainer.net.shape.matrices(first), trainer.net.shape.matrices(frames.parameters[0])
    wanted = np.linalg.norm(moved[:, :-1]) / np.linalg.norm(before[:, :-1])
    assert checkup.history.update_ratios[0, 0] == pytest.approx(wanted, rel=1e-12)
    assert list(checkup.history.update_epochs) == [0.0, 8.0, 16.0]


@pytest.mark.parametrize("now", [0.5, 0.3, 0.13])
def test_a_network_that_once_did_better_is_not_called_too_small(now: float):
    c = look(Config(), 200)
    n = len(c.history.epochs)
    losses = np.full(n, now)
    losses[:100] = np.linspace(0.7, 0.1, 100)
    ratios = np.full_like(c.history.update_ratios, 1e-3)
    thrown_off = replace(c, history=replace(c.history, train_loss=losses, test_loss=losses, update_ratios=ratios))
    found = [v for v in verdicts(thrown_off) if v.rule.name in ("rate_too_high", "too_small")]
    stands_still = now > 0.3 * c.chance
    assert [v.rule.name for v in found] == ["rate_too_high"] * stands_still
    for v in found:
        assert v.sentence.startswith(f"Around epoch 99 the loss was 0.127; now it is {now:g} and falls no further. ")
        shown = proof(v.rule.name, thrown_off, "light")
        assert shown.title == "The loss up to here"
        assert [shown.figure.data[0].y[k] for k in (0, -1)] == [0.7, now]
    never = replace(thrown_off, history=replace(thrown_off.history, train_loss=np.full(n, now)))
    assert [v.rule.name for v in verdicts(never) if v.rule.name == "too_small"] == ["too_small"] * stands_still


def test_a_checkup_in_mid_run_knows_nothing_of_what_comes_after():
    trainer = trained(SICK["overfitting"].config)
    early = examine(trainer, trainer.recording.last_step // 20)
    assert early.history.steps[-1] <= early.step
    assert "overfitting" not in names(early)


def test_the_guide_tells_every_rule_with_its_sources():
    guide = (Path(__file__).parents[2] / "docs" / "health.md").read_text(encoding="utf-8")
    titles = [line.removeprefix("### ") for line in guide.splitlines() if line.startswith("### ")]
    assert titles == [entry.title for entry in RULES.values()]
    for entry in RULES.values():
        assert entry.when in guide.replace("\n", " ")
        for source in entry.sources:
            assert source.url in guide
    for sick in SICK.values():
        row = next(row for row in guide.splitlines() if row.startswith(f"| {sick.label} | {sick.help} |"))
        assert sick.config.own_data is not None or link.to_link(sick.config) in row


def test_a_run_that_broke_offers_clipping_which_keeps_it_whole_and_is_offered_once():
    broken = Config(loss="mean_squared_error", activations=("relu",), optimizer="sgd", learning_rate=3.0)
    assert look(broken).diverged
    (verdict,) = (v for v in verdicts(look(broken)) if v.rule.name == "rate_too_high")
    (clip,) = (t for t in verdict.tries if dict(t.settings) == {"clip_norm": 1.0})
    cured = clip.experiment(Experiment(broken), look(broken).step)
    assert cured == Experiment(replace(broken, clip_norm=1.0))
    assert not look(cured.config).diverged
    again = replace(look(broken), clipped=True)
    assert not [t for v in verdicts(again) for t in v.tries if "clip_norm" in dict(t.settings)]


def test_a_rate_that_its_schedule_has_brought_down_is_told_apart_from_one_that_was_always_low():
    config = Config(optimizer="sgd", schedule="exponential", exponential_decay=0.9)
    checkup = look(config)
    assert checkup.rate_factor == 0.9**checkup.epoch
    (verdict,) = (v for v in verdicts(checkup) if v.rule.name == "rate_too_low")
    assert "The schedule “Exponential” has brought the learning rate down to" in verdict.sentence
    assert dict(verdict.numbers)["learning rate"] == 0.01 * checkup.rate_factor
    assert [dict(t.settings) for t in verdict.tries] == [{"schedule": "constant"}]
    new = verdict.tries[0].experiment(Experiment(config), checkup.step)
    trainer = trained(config).fork(new.changes[0].step, **trainer_settings(new.now, trained(config).data))
    trainer.run(EPOCHS)
    assert "rate_too_low" not in names(examine(trainer, trainer.recording.last_step))


def test_settings_that_usually_work_are_the_usual_ones_in_everything_that_trains():
    stuck = Config(
        activations=("sigmoid",), hidden_layer_sizes=(8,) * 8, optimizer="adamw", adam_beta_1=0.0, schedule="step",
        clip_norm=0.01, patience=500, learning_rate=1e-5,
    )  # fmt: skip
    c = look(stuck)
    assert RULES["chance"].judge(c) is None, "the loss falls, only too slowly: that is told already"
    usual = replace(c.history, update_ratios=np.full_like(c.history.update_ratios, 1e-3))
    finding = RULES["chance"].judge(replace(c, history=usual))
    assert finding
    assert finding.tries[0].experiment(Experiment(stuck), 0) == Experiment(Config())


CURED: dict[str, tuple[Config, float]] = {
    "eight layers of sigmoid": (SICK["deep_sigmoid"].config, 0.95),
    "all weights zero": (SICK["zeros"].config, 0.95),
    "ReLU at 3": (SICK["dead_relu"].config, 0.85),
    "unscaled": (SICK["unscaled"].config, 0.85),
    "two neurons": (SICK["too_small"].config, 0.95),
    "no hidden layer": (Config(hidden_layer_sizes=()), 0.9),
    "a rate of 1": (Config(learning_rate=1.0), 0.95),
    "a rate of 0.3": (Config(learning_rate=0.3), 0.9),
    "SGD at 10": (Config(optimizer="sgd", learning_rate=10.0), 0.85),
    "a plane that breaks": (Config(dataset="plane", optimizer="sgd", learning_rate=10.0), 0.85),
}
"""What is ill, and the test score that the first experiment on offer must reach in 150 epochs"""


@pytest.mark.parametrize("case", CURED)
def test_the_one_primary_cure_helps(case: str):
    config, wanted = CURED[case]
    before = float(trained(config).recording.test_score[-1])
    first = verdicts(look(config))[0]
    assert not first.cause
    new = first.tries[0].experiment(Experiment(config), look(config).step)
    assert not new.changes, "new weights are a better beginning than those that were thrown about"
    after = float(trained(new.config, 150).recording.test_score.max())
    assert after > max(wanted, before), f"{first.tries[0].label}: from {before:.3f} to {after:.3f}"


def test_a_consequence_names_its_cause_and_stands_behind_the_causes():
    found = verdicts(look(Config(learning_rate=1.0)))
    assert [(v.rule.name, v.cause != "") for v in found][:2] == [("rate_too_high", False), ("saturated", True)]
    assert found[1].cause == "The learning rate is too high"
    assert found[1].tries == ()
    assert headline(look(Config(learning_rate=1.0))) == "The learning rate is too high"
    assert headline(look(Config())) == ""


def test_a_consequence_of_a_consequence_belongs_to_the_first_cause(monkeypatch: pytest.MonkeyPatch):
    c = look(Config())
    for name in ("too_small", "saturated", "vanishing"):  # each of which follows from the one before
        monkeypatch.setitem(RULES, name, replace(RULES[name], judge=lambda c: Finding("ill", {})))
    assert [(v.rule.name, v.cause) for v in verdicts(c)] == [
        ("too_small", ""),
        ("saturated", "The network is too small"),
        ("vanishing", "The network is too small"),
    ]


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("epochs", [43, 60, 120, 200])
def test_a_rate_of_3_in_mid_run_is_one_finding_and_every_layer_was_thrown(activation: str, epochs: int):
    before = Experiment(Config(activations=(activation,)))
    after = before.change(1000, learning_rate=3.0)
    trainer = new_trainer(before)
    trainer.run(40)
    trainer = forked(trainer, after.changes[-1], after.now)
    trainer.run(epochs - 40)
    c = examine(trainer, trainer.recording.last_step)
    assert [v.rule.name for v in verdicts(c) if not v.cause] == ["rate_too_high"]
    if activation == "tanh":
        assert ((PICTURES["rate_too_high"](c)(c, "light").figure.data[0].x > FAR_TOO_FAST) == [True] * 3).all()


def test_a_loss_far_above_guessing_that_was_below_it_tells_of_too_high_a_rate():
    c = look(Config(), 30)
    assert not names(c)
    thrown = np.append(c.history.train_loss[:-1], 1.5 * c.chance)
    assert "rate_too_high" in names(replace(c, history=replace(c.history, train_loss=thrown)))
    never_below = np.full(len(thrown), 1.5 * c.chance)
    assert "rate_too_high" not in names(replace(c, history=replace(c.history, train_loss=never_below)))


def test_flat_ends_are_no_finding_while_the_loss_falls():
    c = look(Config(dataset="checkerboard", seed=3), 60)
    assert is_flat(c.hidden[1])
    assert not c.has_learned
    assert names(c) == []
    assert "That does no harm here" in PICTURES["saturated"](c)(c, "light").says
    stalled = np.full(len(c.history.train_loss), c.train_loss)
    assert "saturated" in names(replace(c, history=replace(c.history, train_loss=stalled)))


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_relu_network_that_learns_well_is_well_however_its_loss_jumps(seed: int):
    """Larger batches would only make fewer steps of an epoch: after 200 epochs it would be far behind."""
    config = Config(activations=("relu",), optimizer="sgd", learning_rate=0.1, seed=seed)
    c = look(config, 200)
    assert names(c) == []
    larger = look(replace(config, batch_size=64), 200)
    assert larger.history.test_loss[-1] > c.history.test_loss[-1]


def test_what_fades_by_its_slopes_alone_leads_and_what_fades_by_saturation_follows():
    deep = look(SICK["deep_sigmoid"].config)
    flat = np.where(np.arange(deep.n_train) % 5 == 0, 0.0, 9.0)[:, None]  # where most are in a flat end
    deep = replace(deep, layers=[*(replace(n, z=flat + 0.0 * n.z) for n in deep.hidden), deep.layers[-1]])
    assert [(v.rule.name, v.cause) for v in verdicts(deep)][:2] == [
        ("vanishing", ""),
        ("saturated", "The gradient fades"),
    ]
    assert "the 8 hidden layers: even the steepest slopes make 0.0015 % together" in verdicts(deep)[0].sentence
    assert headline(deep) == "The gradient fades"
    tanh = [replace(n, activation=mlp.ACTIVATIONS["tanh"]) for n in deep.hidden]  # which need not be flat
    by_flat_ends = verdicts(replace(deep, layers=[*tanh, deep.layers[-1]]))
    assert [(v.rule.name, v.cause) for v in by_flat_ends][:2] == [("saturated", ""), ("vanishing", "Saturated neurons")]
    assert "steepest" not in by_flat_ends[1].sentence
    for n, leads in ((3, "saturated"), (4, "vanishing")):  # 1/64 is above 1 %, and 1/256 below
        hidden = [deep.layers[k] for k in (0, 2, 3, 4)][:n]
        assert verdicts(replace(deep, layers=[*hidden, deep.layers[-1]]))[0].rule.name == leads


LEADS = {name: sick.shows for name, sick in SICK.items()} | {"dead_relu": "rate_too_high"}
"""ReLU with learning rate 3: what its name says is the cause, and dead neurons are what comes of it"""


@pytest.mark.parametrize("name", SICK)
def test_every_sick_network_leads_with_what_its_name_says(name: str):
    assert verdicts(look(SICK[name].config, SICK[name].until))[0].rule.name == LEADS[name]


def test_every_consequence_is_judged_after_its_causes():
    order = list(RULES)
    for entry in RULES.values():
        assert all(order.index(cause) < order.index(entry.name) for cause in entry.follows), entry.name


def test_the_stage_is_told_what_the_page_health_says():
    for config in (Config(), Config(learning_rate=1.0), SICK["too_small"].config, SICK["deep_sigmoid"].config):
        experiment = Experiment(config)
        run = Runs().get(experiment)
        run.record(120, seconds=60)
        told = headlines(experiment, run, seconds=60.0)
        assert len(told) == 11
        for step, text in told.items():
            assert text == headline(examine(run.trainer, step, config.features))
            assert text == headline_at(experiment, run, step)
    assert headlines(Experiment(Config(seed=3)), Runs().get(Experiment(Config(seed=3))), seconds=0.0) == {}


class _Counted(Gate):
    """A gate that knows how often it was taken."""

    n = 0

    def turn(self, *, urgent=False):
        self.n += 1
        return super().turn(urgent=urgent)


@pytest.mark.parametrize("costly", [False, True])
def test_a_look_goes_through_the_gate_or_where_it_would_hold_it_for_too_long_waits_for_a_moment_that_stands(
    costly, monkeypatch
):
    experiment, gate = Experiment(Config(learning_rate=1.0)), _Counted()
    run = Run(lambda: new_trainer(experiment), gate)
    run.trainer.run(epochs=30)
    n_numbers = sum(run.trainer.net.sizes[1:]) * len(run.trainer.data.x_train)
    monkeypatch.setattr("playground.health.headlines.MOST_NUMBERS", n_numbers - costly)
    assert is_costly(run) == costly
    assert len(headlines(experiment, run, seconds=60.0)) == (0 if costly else 8)
    assert (gate.n > 8) != costly  # each update that is measured has a turn of its own, for a deep network takes long
    before = gate.n
    assert headline_at(experiment, run, 30 * 25) == "The learning rate is too high"
    assert gate.n - before == (0 if costly else 2)  # nothing is left to be measured, and then the look itself


def test_while_others_train_only_a_moment_that_stands_is_looked_at(monkeypatch):
    experiment = Experiment(Config(learning_rate=1.0))
    run = Runs().get(experiment)
    run.record(30, seconds=60)
    have = {"run": experiment.name, "have": run.last_step}
    passing, standing = Question(**have, passing=500), Question(**have, verdict=500)
    with monkeypatch.context() as crowd:
        crowd.setattr(Gate, "is_taken", True)
        assert headlines(experiment, run, seconds=60.0) == {}
        assert reply(experiment, run, passing).header["verdicts"] == []
        told = {"step": 500, "text": "The learning rate is too high"}
        assert reply(experiment, run, standing).header["verdicts"] == [told]
    assert reply(experiment, run, passing).header["verdicts"][-1] == told


def test_a_gate_is_taken_as_long_as_somebody_has_it():
    gate = Gate()
    assert not gate.is_taken
    with gate.turn():
        assert gate.is_taken
    assert not gate.is_taken


def test_who_wants_nothing_trained_does_not_wait_for_those_who_do():
    gate = Gate()
    run = Run(lambda: new_trainer(Experiment(Config())), gate)
    run.trainer.run(epochs=3)
    with gate.turn():
        run.record_to(3.0, seconds=60.0)
    assert run.recording.epochs[-1] == 3
