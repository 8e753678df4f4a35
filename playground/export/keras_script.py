"""The run as a program in Keras 3, on its PyTorch back end unless the environment names another."""

# ruff: noqa: E501 - templates stand here as they will be printed

from __future__ import annotations

from mlp.source import source_of
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
    targets,
)
from playground.export.transcript import Transcript


def keras_script(t: Transcript) -> str:
    """Write the whole program. Raises ValueError, in a sentence, for what it cannot express."""
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
        f"            keras.layers.Dense({layer.weights.shape[1]}, activation={source_of(layer.activation, 'keras', 'Keras')}{penalty}),"
        for layer in t.first.layers
    )
    loss = source_of(t.first.loss, "keras", "Keras")
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
        f"    optimizer = {source_of(t.settings.optimizer, 'keras', 'Keras').format(**values)}\n"
        f"{fade if name == 'adamw' else ''}"
        f"    net.compile(optimizer, {loss}, run_eagerly=True)\n"
        "    return net\n\n\n"
        "def targets(y):\n"
        f"    return {targets(t, 'keras')}\n"
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
