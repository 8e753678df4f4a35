"""Every script exporter, run for real over the engine's registries."""

import contextlib
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlp
from playground.export.keras_script import keras_script
from playground.export.numpy_script import numpy_script
from playground.export.pytorch_script import pytorch_script
from playground.export.sklearn_script import sklearn_script
from playground.export.transcript import Transcript, transcript
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from tests.export.scripts import KERAS_RUNS, TASKS, dataset, difference, execute, run

Writer = Callable[[Transcript], str]
exact = pytest.mark.parametrize("write", [numpy_script, pytorch_script])


@exact
@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
def test_a_script_repeats_a_run_with_every_activation(write: Writer, activation: str) -> None:
    assert difference(execute(write(run(activation=activation)))) < 1e-12


LOSSES_AND_TASKS = [(name, task) for name, loss in mlp.LOSSES.items() for task in loss.tasks]


@exact
@pytest.mark.parametrize(("loss", "task"), LOSSES_AND_TASKS)
def test_a_script_repeats_a_run_with_every_loss_and_task(write: Writer, loss: str, task: str) -> None:
    assert difference(execute(write(run(loss=loss, task=task)))) < 1e-12


@exact
@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_a_script_repeats_a_run_with_every_optimizer(write: Writer, optimizer: str) -> None:
    t = run(optimizer=mlp.OPTIMIZERS[optimizer](learning_rate=0.03))
    assert difference(execute(write(t))) < 1e-12


OPTIMIZERS = [
    mlp.Momentum(0.03, momentum=0.3), mlp.Nesterov(0.03, momentum=0.6), mlp.Adagrad(0.05, epsilon=0.1),
    mlp.RMSprop(0.01, rho=0.7, epsilon=0.01), mlp.Adam(0.03, beta_1=0.6, beta_2=0.9, epsilon=0.01),
    mlp.AdamW(0.03, beta_1=0.0, beta_2=0.5, epsilon=0.1, weight_decay=0.7),
]  # fmt: skip
SCHEDULES = [
    mlp.StepDecay(every=2.0, drop=0.3), mlp.Exponential(decay=0.8), mlp.Cosine(epochs=5.0, final=0.2),
    mlp.WarmUp(epochs=7.0, start=0.3), mlp.OneCycle(epochs=6.0, rise=0.6, start=0.2, final=0.3),
]  # fmt: skip


@exact
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_a_script_repeats_every_setting_of_every_optimizer(write: Writer, optimizer: mlp.Optimizer) -> None:
    for field, usual in vars(type(optimizer)()).items():
        assert field == "learning_rate" or getattr(optimizer, field) != usual
    assert difference(execute(write(run(optimizer=optimizer, clip_norm=0.3)))) < 1e-12


@exact
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_a_script_repeats_every_setting_of_every_schedule(write: Writer, schedule: mlp.Schedule) -> None:
    for field, usual in vars(type(schedule)()).items():
        assert getattr(schedule, field) != usual
    assert difference(execute(write(run(schedule=schedule)))) < 1e-12


@exact
def test_a_script_of_a_run_that_stopped_early_makes_its_steps_and_no_more(write: Writer) -> None:
    data = dataset("binary")
    stopping = mlp.EarlyStopping(patience=2)
    trainer = mlp.Trainer(mlp.MLP([2, 5, 1], seed=2), data, mlp.Adam(0.1), early_stopping=stopping)
    steps = trainer.run(epochs=100).last_step
    assert steps < 300
    assert difference(execute(write(transcript(trainer, steps)))) < 1e-12


@exact
@pytest.mark.parametrize("schedule", mlp.SCHEDULES)
def test_a_script_repeats_a_run_with_every_schedule(write: Writer, schedule: str) -> None:
    assert difference(execute(write(run(schedule=mlp.SCHEDULES[schedule]())))) < 1e-12


@exact
@pytest.mark.parametrize("initializer", mlp.INITIALIZERS)
def test_a_script_holds_the_first_weights_of_every_initializer(write: Writer, initializer: str) -> None:
    assert difference(execute(write(run(initializer=initializer, steps=7)))) < 1e-12


@exact
@pytest.mark.parametrize("optimizer", [mlp.SGD(), mlp.AdamW(weight_decay=0.1)])
def test_a_script_repeats_penalties_dropout_and_clipping_together(write: Writer, optimizer: mlp.Optimizer) -> None:
    t = run(l1=0.01, l2=0.02, dropout=0.3, clip_norm=0.05, optimizer=optimizer)
    assert difference(execute(write(t))) < 1e-12


@exact
@pytest.mark.parametrize("optimizer", [kind() for kind in mlp.OPTIMIZERS.values()], ids=str)
def test_a_script_repeats_a_run_with_layers_frozen_and_let_go_again(write: Writer, optimizer: mlp.Optimizer) -> None:
    data = dataset("binary")
    trainer = mlp.Trainer(mlp.MLP([2, 4, 3, 1], seed=2), data, optimizer, l2=0.01, clip_norm=0.3)
    for step, frozen in ((11, (1,)), (25, (0, 1, 2)), (29, (0,)), (40, ())):
        trainer.run(8)
        trainer = trainer.fork(step, frozen=frozen)
    trainer.run(4)
    assert difference(execute(write(transcript(trainer, trainer.step_count)))) < 1e-12


@exact
@pytest.mark.parametrize("settings", [{"use_bias": False}, {"dropout": 0.3}, {"frozen": (0, 1)}])
def test_a_script_repeats_a_run_with_a_layer_frozen_from_the_first_step(
    write: Writer, settings: dict[str, Any]
) -> None:
    assert difference(execute(write(run(**{"frozen": (0,), **settings})))) < 1e-12


@exact
@pytest.mark.parametrize("sizes", [(), (3,), (4, 3, 2)])
@pytest.mark.parametrize("batch_size", [1, 23, 1000])
def test_a_script_repeats_every_shape_and_batch(write: Writer, sizes: tuple[int, ...], batch_size: int) -> None:
    assert difference(execute(write(run(sizes=sizes, batch_size=batch_size, dropout=0.2)))) < 1e-12


@exact
def test_a_script_repeats_mixed_activations_and_an_output_that_bends(write: Writer) -> None:
    t = run(activation=["gelu", "sine"], loss="huber", output_activation="sigmoid")
    assert difference(execute(write(t))) < 1e-12


@exact
@pytest.mark.parametrize("settings", [{"optimizer": mlp.SGD(learning_rate=0.01)}, {"optimizer": mlp.AdamW()}])
@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_a_script_repeats_a_network_without_biases_that_follows_sums(
    write: Writer, loss: str, settings: dict[str, object]
) -> None:
    output = "sigmoid" if loss == "mean_squared_error" else "identity"
    t = run(
        loss=loss, use_bias=False, output_activation=output, initializer="normal", reduction="sum", l2=0.02,
        clip_norm=3.0, **settings,
    )  # type: ignore[arg-type] # fmt: skip
    assert difference(execute(write(t))) < 1e-12


@exact
def test_a_script_repeats_settings_changed_on_the_way(write: Writer) -> None:
    t = changed_run()
    assert [s.first for s in t.stretches] == [0, 4, 11, 20, 33]
    assert difference(execute(write(t))) < 1e-12


def changed_run() -> Transcript:
    """A run with changes in the middle of epochs: rate, batch size, penalty, dropout, another rule."""
    data = dataset("binary")
    net = mlp.MLP([2, 5, 4, 1], seed=2)
    trainer = mlp.Trainer(net, data, mlp.Adam(learning_rate=0.02), batch_size=10, seed=9)
    trainer.run(epochs=20)
    changes = {
        4: {"optimizer": mlp.Adam(learning_rate=0.05), "batch_size": 7},
        11: {"l2": 0.1, "dropout": 0.2, "reduction": "sum"},
        20: {"optimizer": mlp.AdamW(weight_decay=0.2), "batch_size": 500, "reduction": "mean"},
        33: {"optimizer": mlp.AdamW(learning_rate=0.003, weight_decay=0.1), "schedule": mlp.Cosine(), "batch_size": 3},
    }
    for step, settings in changes.items():
        trainer = trainer.fork(step, **settings)
        trainer.run(epochs=30)
    return transcript(trainer, 61)


@exact
@pytest.mark.parametrize("stop", [9, 12, 31])
def test_a_script_repeats_what_was_set_by_hand(write: Writer, stop: int) -> None:
    trainer = mlp.Trainer(mlp.MLP([2, 3, 2, 1], seed=2), dataset("binary"), mlp.Adam(learning_rate=0.02), seed=9)
    edits = {0: ((4, 0.5),), 9: ((2, -1.25), (8, 3.0), (9, 0.125), (17, 2.0))}
    for step, pairs in edits.items():
        trainer.run(epochs=5)
        parameters = trainer.recording.seek(step).parameters.copy()
        for place, value in pairs:
            parameters[place] = value
        trainer = trainer.fork(step, parameters=parameters)
    trainer.run(epochs=30)
    source = write(transcript(trainer, stop, edits=edits))
    assert difference(execute(source)) < 1e-12
    assert "set by hand" in source


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy", "mean_squared_error"])
def test_the_scikit_learn_script_repeats_what_its_estimators_have(activation: str, loss: str) -> None:
    assert difference(execute(sklearn_script(run(activation=activation, loss=loss, l2=0.05)))) < 1e-12


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_scikit_learn_script_repeats_a_squared_error_over_every_task(task: str) -> None:
    assert difference(execute(sklearn_script(run(loss="mean_squared_error", task=task)))) < 1e-12


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("loss", ["binary_crossentropy", "mean_squared_error"])
def test_the_scikit_learn_script_repeats_its_optimizers(optimizer: str, loss: str) -> None:
    t = run(optimizer=mlp.OPTIMIZERS[optimizer](learning_rate=0.03), loss=loss)
    assert difference(execute(sklearn_script(t))) < 1e-12


@pytest.mark.parametrize("schedule", mlp.SCHEDULES.values())
@pytest.mark.parametrize("optimizer", [mlp.SGD(0.1), mlp.Adam(0.03, beta_1=0.8, beta_2=0.99, epsilon=1e-3)])
@pytest.mark.parametrize("loss", ["binary_crossentropy", "mean_squared_error"])
def test_the_scikit_learn_script_follows_a_schedule(
    schedule: type[mlp.Schedule], optimizer: mlp.Optimizer, loss: str
) -> None:
    t = run(schedule=schedule(), optimizer=optimizer, loss=loss, batch_size=3)
    assert difference(execute(sklearn_script(t))) < 1e-12


def test_the_scikit_learn_script_starts_from_a_rate_of_zero() -> None:
    t = run(schedule=mlp.OneCycle(epochs=6.0, start=0.0, final=0.0), optimizer=mlp.SGD(0.1))
    assert difference(execute(sklearn_script(t))) < 1e-12


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"activation": "gelu"}, "“GELU” has no counterpart in scikit-learn"),
        ({"activation": ["tanh", "relu"]}, "one activation for all hidden layers"),
        ({"loss": "hinge"}, "do not have the loss “Hinge”"),
        ({"optimizer": mlp.RMSprop()}, "“RMSprop” has no counterpart in scikit-learn"),
        ({"dropout": 0.5}, "do not have dropout"),
        ({"clip_norm": 0.5}, "do not have gradient clipping"),
        ({"schedule": mlp.Cosine(), "optimizer": mlp.Nesterov()}, "keeps the learning rate in the momentum"),
        ({"frozen": (0,)}, "do not have frozen layers"),
        ({"use_bias": False}, "always have biases"),
        ({"reduction": "sum"}, "and not their sum"),
    ],
)
def test_what_scikit_learn_cannot_express_is_said_in_a_sentence(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sklearn_script(run(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings",
    [
        {"schedule": mlp.Cosine(), "optimizer": mlp.Momentum()},
        {"clip_norm": 0.5},
    ],
)
def test_what_keras_would_do_otherwise_is_said_in_a_sentence(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="its numbers would differ"):
        keras_script(run(**settings))  # type: ignore[arg-type]


def test_settings_changed_on_the_way_are_too_much_for_scikit_learn_and_keras() -> None:
    for write in (sklearn_script, keras_script):
        with pytest.raises(ValueError, match="changed in the middle"):
            write(mild_change())


def mild_change() -> Transcript:
    """A learning rate changed on the way, and nothing else."""
    trainer = mlp.Trainer(mlp.MLP([2, 3, 1], seed=2), dataset("binary"))
    trainer.run(epochs=2)
    trainer = trainer.fork(3, optimizer=mlp.SGD(learning_rate=0.5))
    trainer.run(epochs=2)
    return transcript(trainer, 5)


@pytest.mark.filterwarnings("ignore")  # TensorFlow-shaped corners of Keras are not ours
@pytest.mark.parametrize("settings", KERAS_RUNS, ids=str)
def test_the_keras_script_repeats_a_run_on_pytorch(
    settings: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    printed = execute(keras_script(run(**settings, steps=20)))  # type: ignore[arg-type]
    assert "The numbers match the playground's." in printed
    assert difference(printed) < 1e-10


def test_the_keras_runs_have_one_of_each() -> None:
    runs = [run(**settings, steps=1) for settings in KERAS_RUNS]  # type: ignore[arg-type]
    assert {layer.activation.name for t in runs for layer in t.first.layers} == set(mlp.ACTIVATIONS)
    assert {t.first.loss.name for t in runs} == set(mlp.LOSSES)
    assert {t.settings.optimizer.name for t in runs} == set(mlp.OPTIMIZERS)
    assert {t.settings.schedule.name for t in runs} == set(mlp.SCHEDULES)


BLOWN_UP = {
    "a score of minus 1e305": {"optimizer": "sgd"},
    "weights whose squares are beyond all numbers": {"optimizer": "nesterov", "activations": ("relu",)},
    "a score of minus infinity": {"optimizer": "sgd", "activations": ("identity",), "loss": "mean_absolute_error"},
}


@pytest.mark.parametrize("case", BLOWN_UP)
@pytest.mark.parametrize("write", [numpy_script, pytorch_script, sklearn_script])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_script_repeats_a_run_that_blows_up_to_its_end(write: Writer, case: str) -> None:
    settings = BLOWN_UP[case]
    if write is sklearn_script and "loss" in settings:
        pytest.skip("scikit-learn has no such loss")
    trainer = new_trainer(Experiment(Config(dataset="plane", learning_rate=10.0, **settings)))
    trainer.run(epochs=60)
    assert trainer.recording.diverged
    of = transcript(trainer, trainer.step_count)
    assert np.isfinite(of.train_loss)
    assert of.train_score < -1e100
    assert difference(execute(write(of))) < 1e-11


@exact
def test_a_script_that_does_not_match_says_so(write: Writer) -> None:
    source = write(run())
    wrong = source.replace("0.02", "0.03")
    assert wrong != source
    with pytest.raises(SystemExit, match="do NOT match"):
        execute(wrong)


@exact
@pytest.mark.parametrize("number", ["FINAL", "TRAIN_LOSS", "SCORE"])
def test_a_script_whose_parameters_loss_or_score_are_wrong_says_so(write: Writer, number: str) -> None:
    source = write(run())
    change = {"FINAL": "FINAL = FINAL * 1.001", "TRAIN_LOSS": "TRAIN_LOSS *= 1.001", "SCORE": "SCORE -= 0.05"}[number]
    head, _, tail = source.rpartition("\n\n\nif __name__")
    with pytest.raises(SystemExit, match="do NOT match"):
        execute(f"{head}\n{change}\n\n\nif __name__{tail}")


def test_a_script_runs_alone_with_no_playground_in_reach(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(numpy_script(run()), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", script.name], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "The numbers match the playground's." in done.stdout
    assert "mlp" not in {
        line.split()[1] for line in script.read_text(encoding="utf-8").splitlines() if line.startswith("import")
    }


NASTY = ('"""\nimport os\n', "'); print('x", "\\", "\u202e\u2028 ", "{0}%s", "#\n1/0", "\ud800", "naïve 🐢")


@pytest.mark.parametrize("write", [numpy_script, pytorch_script, sklearn_script, keras_script])
def test_names_of_the_users_are_only_ever_literals(write: Writer) -> None:
    t = run(loss="categorical_crossentropy", steps=3)
    named = Transcript(NASTY[0], t.first, t.final, t.data, t.stretches, NASTY, NASTY[::-1])
    source = write(named)
    assert not set(source) & set("\u202e\u2028\ud800")
    assert "naïve 🐢" in source
    scope: dict[str, object] = {"__name__": "imported"}
    exec(compile(source.split("# ---- ", 1)[0], "<script>", "exec"), scope)
    assert (scope["TITLE"], scope["INPUTS"], scope["CLASSES"]) == (NASTY[0], NASTY, NASTY[::-1])


def test_all_losses_have_a_task_here() -> None:
    assert set(TASKS) == set(mlp.LOSSES)


@pytest.mark.parametrize("more", [{}, {"dropout": 0.3, "activation": ["relu", "tanh"]}, {"loss": "mean_squared_error"}])
def test_the_pytorch_script_tells_the_test_score_and_saves_a_state_that_pytorch_loads(
    more: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    t = run(**more)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(pytorch_script(t), "<script>", "exec"), scope)
    found = re.search(
        r"On the (\d+) test points the loss is (\S+), (?:the accuracy|R2) (\S+)\.$", printed.getvalue(), re.M
    )
    assert found
    assert int(found[1]) == len(t.data.x_test)
    assert float(found[2]) == pytest.approx(t.test_loss, rel=1e-9)
    predicted = t.final.classify(t.data.x_test) if t.data.n_classes else t.final.outputs(t.data.x_test)
    score = mlp.accuracy if t.data.n_classes else mlp.r2_score
    assert float(found[3]) == pytest.approx(score(t.data.y_test, predicted), rel=1e-5)
    (saved,) = tmp_path.iterdir()
    net = scope["make_network"]()
    net.load_state_dict(torch.load(saved, weights_only=True))
    net.eval()
    with torch.no_grad():
        outputs = net(torch.tensor(t.data.x_test)).numpy()
    np.testing.assert_allclose(outputs, t.final.logits(t.data.x_test), atol=1e-10)
