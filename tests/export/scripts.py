"""Running generated scripts, and the runs to generate them from."""

import contextlib
import io
import re
import tempfile
from typing import Any

import mlp
from playground.export.transcript import Transcript, transcript

TASKS = {
    "binary_crossentropy": "binary",
    "hinge": "binary",
    "categorical_crossentropy": "multiclass",
    "mean_squared_error": "regression",
    "mean_absolute_error": "regression",
    "huber": "regression",
}

KERAS_RUNS: list[dict[str, Any]] = [
    {},
    *({"schedule": kind(), "loss": "mean_squared_error"} for kind in mlp.SCHEDULES.values()),
    {"schedule": mlp.OneCycle(epochs=9.0, start=0.0), "optimizer": mlp.AdamW(weight_decay=0.3, beta_1=0.5)},
    {"schedule": mlp.Exponential(decay=0.9), "optimizer": mlp.RMSprop(rho=0.8)},
    {"optimizer": mlp.Momentum(momentum=0.5)},
    {"activation": ["leaky_relu", "softplus"], "loss": "categorical_crossentropy", "l1": 0.01, "l2": 0.02},
    {"activation": [mlp.LeakyReLU(0.2), "tanh"], "optimizer": mlp.SGD(learning_rate=0.1)},
    {"activation": ["sine", "gelu"], "loss": "huber", "optimizer": mlp.SGD(learning_rate=0.1)},
    {"activation": ["relu", "sigmoid"], "optimizer": mlp.RMSprop(learning_rate=0.01)},
    {"loss": "hinge", "optimizer": mlp.AdamW(learning_rate=0.02, weight_decay=0.1)},
    {"activation": ["selu", "elu"], "loss": "mean_squared_error", "optimizer": mlp.Nesterov(learning_rate=0.02)},
    {"activation": ["step", "silu"], "optimizer": mlp.Adagrad(learning_rate=0.02)},
    {"loss": "mean_absolute_error", "optimizer": mlp.Momentum(learning_rate=0.01), "output_activation": "sigmoid"},
    *({"schedule": kind(), "loss": "mean_squared_error"} for kind in mlp.SCHEDULES.values()),
    {"schedule": mlp.OneCycle(epochs=9.0, start=0.0), "optimizer": mlp.AdamW(weight_decay=0.3, beta_1=0.5)},
    {"schedule": mlp.Exponential(decay=0.9), "optimizer": mlp.RMSprop(rho=0.8, epsilon=1e-3)},
    {"schedule": mlp.WarmUp(), "optimizer": mlp.Adagrad(epsilon=0.1)},
    {"optimizer": mlp.Momentum(momentum=0.5)},
    {"frozen": (0,), "optimizer": mlp.AdamW(weight_decay=0.3), "l2": 0.02},
    {"use_bias": False, "reduction": "sum", "optimizer": mlp.AdamW(learning_rate=0.01), "l1": 0.01},
    *({"loss": loss, "task": "multiclass"} for loss in mlp.LOSSES if "multiclass" in mlp.LOSSES[loss].tasks),
]
"""One of each activation, loss, optimizer and schedule, and several classes with each loss that takes them."""


def dataset(task: str, n: int = 46) -> mlp.Dataset:
    """A small set for a task, with a number of training samples that 10 does not divide."""
    made = mlp.make_dataset("blobs" if task == "multiclass" else "spirals", n_samples=n, test_fraction=0.5, seed=3)
    if task != "regression":
        return made
    y = [0.3 * x[:, :1] * x[:, 1:] + [0.1, -0.2] for x in (made.x_train, made.x_test)]
    return mlp.Dataset(made.x_train, y[0], made.x_test, y[1], "regression")


def run(
    sizes: tuple[int, ...] = (5, 4),
    loss: str = "binary_crossentropy",
    activation: str | list[str | mlp.Activation] = "tanh",
    steps: int = 60,
    initializer: str = "glorot_uniform",
    output_activation: str = "identity",
    task: str = "",
    use_bias: bool = True,
    **settings: Any,
) -> Transcript:
    """A short run, written down."""
    data = dataset(task or TASKS[loss])
    net = mlp.MLP([2, *sizes, data.n_outputs], activation, loss, initializer, 5, output_activation, use_bias)
    settings = {"optimizer": mlp.Adam(learning_rate=0.02), "batch_size": 10, "seed": 4, **settings}
    trainer = mlp.Trainer(net, data, **settings)
    trainer.run(epochs=steps)
    return transcript(trainer, steps)


def execute(source: str, module: str = "__main__") -> str:
    """Run a script in this process, in a folder of its own; give what it printed."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(source, "<script>", "exec"), {"__name__": module})
    return printed.getvalue()


def difference(printed: str) -> float:
    """By how much of their size the parameters differ, as a script says."""
    assert "The numbers match the playground's." in printed, printed
    found = re.search(r"differ by (\S+) of their size", printed)
    assert found
    return float(found[1])
