"""One new entry of each of the engine's registries, walked through everything that the playground does with one.

Run by test_new_entries.py in an interpreter of its own: `python -m tests.app.new_entries spoken|silent`. The registries
are read when the playground is imported, as they would be with the entry in its file. "silent" entries say nothing of
other languages, so that scripts cannot hold them.
"""

import contextlib
import io
import sys
from dataclasses import dataclass, replace

import numpy as np

import mlp
from mlp import losses
from mlp.arrays import setting
from mlp.source import Source

SPOKEN = sys.argv[1] == "spoken"


class Cubic(mlp.Activation):
    """z + z³ / 10."""

    name, label, formula, javascript = "cubic", "Cubic", "z + z³ / 10", "z + 0.1 * z * z * z"
    help = "A line that bends away at both ends."
    source = Source(
        numpy="z + 0.1 * z**3", numpy_slope="1.0 + 0.3 * z**2", torch="Cubic()",
        torch_helper="class Cubic(nn.Module):\n    def forward(self, z):\n        return z + 0.1 * z**3",
        keras="lambda z: z + 0.1 * z**3", onnx=(("Identity", {}),),
    ) if SPOKEN else Source()  # fmt: skip

    def value(self, z):
        return z + 0.1 * z**3

    def slope(self, z):
        return 1.0 + 0.3 * z**2


class Quartic(losses.MeanSquaredError):
    """The fourth power of each miss."""

    name, label, formula = "quartic", "Quartic error", "(ŷ − y)⁴"
    help = "The fourth power of each miss."
    source = (
        Source(
            numpy="((z - y) ** 4).mean()", numpy_slope="4.0 * (z - y) ** 3 / z.size",
            torch="lambda z, y: ((z - y) ** 4).mean()",
            keras="lambda y, z: keras.ops.mean((z - y) ** 4)",
        ) if SPOKEN else Source()
    )  # fmt: skip

    def each(self, z, y):
        return ((z - y) ** 4).mean(axis=-2)

    def gradient(self, z, y, d):
        yield np.subtract, (z, y, d)
        yield np.power, (d, 3.0, d)
        yield np.multiply, (d, 4.0 / z.size, d)


@dataclass(frozen=True)
class SignDescent(mlp.Optimizer):
    """Steps by the sign of the gradient."""

    name, label, formula = "sign_descent", "Sign descent", "w ← w − η c sign(g)"
    help = "Every weight moves by the same length."
    source = Source(numpy="w -= lr * share * np.sign(g)") if SPOKEN else Source()

    share: float = setting(
        0.5, low=0.0, high=1.0, help="The share of the rate.", label="Share", presets=(0.1, 0.5, 1.0)
    )

    def update(self, w, g, rate, memory, is_weight):
        move = np.empty_like(w)
        yield np.sign, (g, move)
        yield np.multiply, (move, self.share, move)
        yield np.multiply, (move, rate, move)
        yield np.subtract, (w, move, w)


def _stripes(n, noise, rng, n_classes):
    x = rng.uniform(-3.0, 3.0, (n, 2))
    return x + noise * rng.standard_normal((n, 2)), (np.floor(x[:, 0]) % 2).astype(int)


mlp.ACTIVATIONS["cubic"] = Cubic()
mlp.LOSSES["quartic"] = Quartic()
mlp.OPTIMIZERS["sign_descent"] = SignDescent
mlp.INITIALIZERS["halves"] = replace(
    mlp.INITIALIZERS["zeros"], name="halves", label="Halves", draw=lambda rng, i, o: rng.choice([-0.5, 0.5], (i, o))
)
mlp.DATASETS["stripes"] = replace(mlp.DATASETS["xor"], name="stripes", label="Stripes", make=_stripes)
mlp.FEATURES["x1^3"] = replace(
    mlp.FEATURES["x1"], name="x1^3", label="x₁³", javascript="x1 * x1 * x1", formula=lambda x1, x2: x1**3
)


def main() -> None:
    """Walk all of it."""
    from playground.export import EXPORTERS, Subject
    from playground.export.experiment_file import experiment_json, read_experiment
    from playground.health.checkup import examine
    from playground.health.verdicts import verdicts
    from playground.inside.snippet import snippet
    from playground.inside.step import take_apart
    from playground.inside.terms import Terms
    from playground.run.config import SETTINGS, Config
    from playground.run.experiment import Experiment
    from playground.run.link import run_from_query, run_to_query
    from playground.run.runs import Runs
    from playground.web.about import about
    from playground.web.assets import registry

    chosen = {
        "dataset": "stripes", "features": ("x1", "x2", "x1^3"), "activations": ("cubic",), "initializer": "halves",
        "loss": "quartic", "optimizer": "sign_descent", "n_samples": 60, "hidden_layer_sizes": (3,),
        "learning_rate": 0.001, "sign_descent_share": 0.1,
    }  # fmt: skip
    for name, value in chosen.items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                assert one in SETTINGS[name].choices, f"{name} cannot be set to {one}"
    experiment = Experiment(Config(**chosen))
    assert run_from_query(run_to_query(experiment, 7)) == (experiment, 7, []), "the link"

    run = Runs().get(experiment)
    run.record_until(40)
    told = about(experiment, run)
    assert told["net"]["layers"][0]["activation"] == "cubic", "the stage"
    assert '"cubic"' in registry() and "z + 0.1 * z * z * z" in registry() and '"x1^3"' in registry(), "the browser"  # noqa: PT018

    step = take_apart(run.trainer, 7)
    assert np.linalg.norm(step.gradient) > 0.0
    assert Terms(step, 0), "Inside a step"
    spoken(lambda: run_program(snippet(step), step), "the step as a program")
    verdicts(examine(run.trainer, 7, experiment.config.features))

    subject = Subject(experiment, run.trainer, 20)
    assert read_experiment(experiment_json(subject))[0] == experiment, "the experiment file"
    held = {name for name, exporter in EXPORTERS.items() if spoken(lambda e=exporter: e.write(subject), name)}
    assert {"numpy", "onnx"} & held == ({"numpy", "onnx"} if SPOKEN else set()), held
    assert {"npz", "safetensors", "history", "data", "experiment", "replay"} <= held, held
    assert not {"sklearn"} & held, held
    if SPOKEN:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(EXPORTERS["numpy"].write(subject), "script", "exec"), {"__name__": "__main__"})
        assert "The numbers match the playground's." in printed.getvalue(), printed.getvalue()


def spoken(write, what: str) -> bool:
    """Whether it could be written; where not, that must be a sentence that names what is missing."""
    sentence = ""
    try:
        write()
    except ValueError as error:
        sentence = str(error)
    assert sentence == "" or sentence.endswith("."), f"{what}: {sentence}"
    return not sentence


def run_program(source: str, step) -> None:
    """Run one step as a program, and compare what it ends with."""
    scope: dict = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, "snippet", "exec"), scope)
    after = step.matrices(step.after)
    np.testing.assert_allclose(scope["new_W1"], after[0][:, :-1].T, rtol=1e-12, atol=1e-12)


if __name__ == "__main__":
    main()
