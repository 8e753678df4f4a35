"""The run as a program in Keras 3, on its PyTorch back end unless the environment names another."""

# ruff: noqa: E501 - templates stand here as they will be printed

from __future__ import annotations

from playground.export.pieces import (
    batches,
    check,
    intro,
    join,
    literal,
    names,
    numbers,
    optimizer_settings,
    plain_settings,
)
from playground.export.transcript import Transcript

ACTIVATIONS = {
    "identity": "None",
    "sigmoid": '"sigmoid"',
    "tanh": '"tanh"',
    "relu": '"relu"',
    "leaky_relu": "lambda z: keras.ops.leaky_relu(z, 0.01)",
    "elu": '"elu"',
    "selu": '"selu"',
    "softplus": "lambda z: keras.ops.logaddexp(z, 0.0 * z)",  # exact far out, where the built-in takes a short cut
    "gelu": "lambda z: keras.ops.gelu(z, approximate=False)",
    "silu": '"silu"',
    "sine": "keras.ops.sin",
    "step": 'lambda z: keras.ops.cast(z > 0, "float64") + 0.0 * z',
}
LOSSES = {
    "mean_squared_error": ("numbers", "keras.losses.MeanSquaredError()"),
    "mean_absolute_error": ("numbers", "keras.losses.MeanAbsoluteError()"),
    "huber": ("numbers", "keras.losses.Huber()"),
    "binary_crossentropy": ("numbers", "keras.losses.BinaryCrossentropy(from_logits=True)"),
    "categorical_crossentropy": ("one-hot", "keras.losses.CategoricalCrossentropy(from_logits=True)"),
    "hinge": ("numbers", "keras.losses.Hinge()"),
}
TARGETS = {"numbers": "y.reshape(len(y), -1).astype(float)", "one-hot": "np.eye({n_out})[y]"}
OPTIMIZERS = {
    "sgd": "keras.optimizers.SGD({learning_rate})",
    "momentum": "keras.optimizers.SGD({learning_rate}, momentum={momentum})",
    "nesterov": "keras.optimizers.SGD({learning_rate}, momentum={momentum}, nesterov=True)",
    "adagrad": "keras.optimizers.Adagrad({learning_rate}, initial_accumulator_value=0.0, epsilon={epsilon}**2)",
    "rmsprop": "keras.optimizers.RMSprop({learning_rate}, rho={rho}, epsilon={epsilon}**2)",
    "adam": "keras.optimizers.Adam({learning_rate}, beta_1={beta_1}, beta_2={beta_2}, epsilon={epsilon})",
    "adamw": "keras.optimizers.AdamW({learning_rate}, weight_decay={weight_decay}, "
    "beta_1={beta_1}, beta_2={beta_2}, epsilon={epsilon})",
}


def keras_script(t: Transcript) -> str:
    """Write the whole program. Raises ValueError, in a sentence, for what it cannot express."""
    for name in (layer.activation.name for layer in t.first.layers):
        if name not in ACTIVATIONS:
            raise ValueError(f"The activation “{name}” cannot be written in Keras yet.")
    optimizer = t.settings.optimizer
    if optimizer.name not in OPTIMIZERS:
        raise ValueError(f"The optimizer “{optimizer.label}” cannot be written in Keras yet.")
    if t.uses("dropout"):
        raise ValueError(
            "Keras chooses by itself who sits out in dropout, so a run with dropout cannot be repeated in it."
        )
    if t.uses("clip_norm"):
        raise ValueError("Keras shortens long gradients by a slightly different rule, so its numbers would differ.")
    if t.scheduled or len(t.stretches) > 1:
        raise ValueError(
            "Settings were changed in the middle of this run; the Keras script is for runs that keep theirs."
        )
    words = (
        "Needs NumPy and Keras 3 with PyTorch (or set KERAS_BACKEND to another of its back ends). Keras does the gradients "
        "and the steps; we hand it the first weights and the mini-batches, one by one. On PyTorch, Keras multiplies matrices "
        "in single precision whatever it is told, so the numbers agree to about seven figures, and not to sixteen."
    )
    return join(
        intro(t, "Keras", words).replace("import sys\n", "import os\nimport sys\n")
        + '\nos.environ.setdefault("KERAS_BACKEND", "torch")\n'
        "\nimport keras\nimport numpy as np\n"
        '\nkeras.config.set_floatx("float64")',
        names(t),
        _network(t),
        batches(t),
        _main(t),
        check("1e-5", "to single precision"),
        numbers(t),
        'if __name__ == "__main__":\n    main()',
    )


def _network(t: Transcript) -> str:
    l1, l2 = t.settings.l1, t.settings.l2
    penalty = f", kernel_regularizer=keras.regularizers.L1L2({literal(l1)}, {literal(l2 / 2.0)})" if l1 or l2 else ""
    layers = "\n".join(
        f"            keras.layers.Dense({layer.weights.shape[1]}, activation={ACTIVATIONS[layer.activation.name]}{penalty}),"
        for layer in t.first.layers
    )
    kind, loss = LOSSES[t.first.loss.name]
    values = {name: literal(value) for name, value in optimizer_settings(t.settings.optimizer).items()}
    name = t.settings.optimizer.name
    root = "    # epsilon stands inside the root here, outside it in PyTorch and the playground: hence the square\n"
    fade = '    optimizer.exclude_from_weight_decay(var_names=["bias"])\n'
    return (
        "# ---- the network\n"
        "def make_network():\n"
        "    net = keras.Sequential(\n        [\n"
        f"            keras.Input(({t.first.sizes[0]},)),\n{layers}\n        ]\n    )\n"
        "    for layer, W, b in zip(net.layers, FIRST_WEIGHTS, FIRST_BIASES):\n"
        "        layer.set_weights([W, b])\n"
        f"{root if name in ('adagrad', 'rmsprop') else ''}"
        f"    optimizer = {OPTIMIZERS[name].format(**values)}\n"
        f"{fade if name == 'adamw' else ''}"
        f"    net.compile(optimizer, {loss}, run_eagerly=True)\n"
        "    return net\n\n\n"
        "def targets(y):\n"
        f"    return {TARGETS[kind].format(n_out=t.first.sizes[-1])}\n"
    )


def _main(t: Transcript) -> str:
    s = t.stretches[0]
    values = optimizer_settings(s.settings.optimizer)
    settings = plain_settings(s, t)
    lines = [
        "net = make_network()",
        f"for step, (_, rows) in zip({settings['steps']}, batches({settings['batch_size']}, 0, 0)):",
    ]
    if s.settings.optimizer.name in ("adam", "adamw"):
        lines += [
            "    # Adam's epsilon is added before the bias correction here, and after it in PyTorch and the playground.",
            f"    net.optimizer.epsilon = {literal(values['epsilon'])} * "
            f"(1.0 - {literal(values['beta_2'])} ** (step + 1)) ** 0.5",
        ]
    lines += [
        "    net.train_on_batch(X_TRAIN[rows], targets(Y_TRAIN[rows]))",
        "pairs = [layer.get_weights() for layer in net.layers]",
        "z = net.predict_on_batch(X_TRAIN)",
        "train_loss = float(np.asarray(net.loss(targets(Y_TRAIN), z)))",
        "compare([W for W, _ in pairs], [b for _, b in pairs], train_loss)",
    ]
    return "# ---- the loop\ndef main():\n" + "\n".join(f"    {line}" for line in lines) + "\n"
