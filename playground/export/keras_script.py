"""The run as a program in Keras 3, on its PyTorch back end unless the environment names another."""

# ruff: noqa: E501 - templates stand here as they will be printed

from __future__ import annotations

from mlp.source import source_of
from playground.export.pieces import (
    batches,
    check,
    example,
    intro,
    join,
    literal,
    names,
    numbers,
    optimizer_settings,
    own_rows,
    plain_settings,
    predict,
    schedule,
    score,
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
    if t.scheduled and "momentum" in optimizer_settings(t.settings.optimizer):
        raise ValueError("Keras keeps the learning rate in the momentum, so under a schedule its numbers would differ.")
    if len(t.stretches) > 1:
        raise ValueError(
            "Settings were changed in the middle of this run; the Keras script is for runs that keep theirs."
        )
    words = (
        "Needs NumPy and Keras 3 with PyTorch or TensorFlow (set KERAS_BACKEND to tensorflow). Keras does the gradients and "
        "the steps; we hand it the first weights and the mini-batches, one by one, and have it compute in double precision."
    )
    return join(
        intro(t, "Keras", words).replace("import base64\n", "import base64\nimport contextlib\nimport os\n")
        + '\nos.environ.setdefault("KERAS_BACKEND", "torch")\n'
        "\nimport keras\nimport numpy as np\n"
        '\nkeras.config.set_floatx("float64")\n'
        "with contextlib.suppress(ImportError, AttributeError):\n"
        "    # On PyTorch, Keras turns float64 into float32 whatever it is told, by a table of its own.\n"
        "    from keras.src.backend.common.dtypes import BIT64_TO_BIT32_DTYPE\n\n"
        '    BIT64_TO_BIT32_DTYPE["float64"] = "float64"',
        names(t),
        _network(t),
        own_rows(t),
        predict(t, "net", "return answers(np.asarray(net.predict_on_batch(prepare(rows))))"),
        batches(t),
        schedule(t),
        _main(t),
        check("1e-10"),
        numbers(t),
        'if __name__ == "__main__":\n    main()',
    )


def _network(t: Transcript) -> str:
    l1, l2 = t.settings.l1, t.settings.l2
    regularizer = ", kernel_regularizer=penalty" if l1 or l2 else ""
    bias = "" if t.first.shape.use_bias else ", use_bias=False"
    frozen = f"    for k in {literal(t.settings.frozen)}:\n        net.layers[k].trainable = False\n"
    terms = [
        f"{literal(strength)} * keras.ops.sum(keras.ops.{size}(W))"
        for strength, size in ((l1, "absolute"), (l2 / 2.0, "square"))
        if strength
    ]
    penalty = f"def penalty(W):\n    return {' + '.join(terms)}\n\n\n" if terms else ""
    layers = "\n".join(
        f"            keras.layers.Dense({layer.weights.shape[1]}, activation={source_of(layer.activation, 'keras', 'Keras')}{bias}{regularizer}),"
        for layer in t.first.layers
    )
    loss = source_of(t.first.loss, "keras", "Keras")
    values = {name: literal(value) for name, value in optimizer_settings(t.settings.optimizer).items()}
    name = t.settings.optimizer.name
    fade = '    optimizer.exclude_from_weight_decay(var_names=["bias"])\n'
    return (
        "# ---- the network\n"
        f"{t.settings.optimizer.source.keras_helper.format(**values)}{penalty}"
        "def make_network():\n"
        "    net = keras.Sequential(\n        [\n"
        f"            keras.Input(({t.first.sizes[0]},)),\n{layers}\n        ]\n    )\n"
        "    for layer, W, b in zip(net.layers, FIRST_WEIGHTS, FIRST_BIASES):\n"
        f"        layer.set_weights([W{'' if bias else ', b'}])\n"
        f"{frozen if t.settings.frozen else ''}"
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
    weight = ", sample_weight=np.full(len(rows), float(len(rows)))" if t.summed else ""  # a sum, and not a mean
    lines = [
        "net = make_network()",
        f"for step, (_, rows) in zip({settings['steps']}, batches({settings['batch_size']}, 0, 0)):",
    ]
    if t.scheduled:
        lines[1] = lines[1].replace("_", "time", 1)
        lines.append(
            f"    net.optimizer.learning_rate = {literal(values['learning_rate'])} * {settings['schedule']}(time)"
        )
    if s.settings.optimizer.name in ("adam", "adamw"):
        lines += [
            "    # Adam's epsilon is added before the bias correction here, and after it in PyTorch and the playground.",
            f"    net.optimizer.epsilon = {literal(values['epsilon'])} * "
            f"(1.0 - {literal(values['beta_2'])} ** (step + 1)) ** 0.5",
        ]
    lines += [
        f"    net.train_on_batch(X_TRAIN[rows], targets(Y_TRAIN[rows]){weight})",
        "pairs = [layer.get_weights() for layer in net.layers]"
        if t.first.shape.use_bias
        else "pairs = [(*layer.get_weights(), b) for layer, b in zip(net.layers, FIRST_BIASES)]",
        "z = np.asarray(net.predict_on_batch(X_TRAIN))",
        "train_loss = float(np.asarray(net.loss(targets(Y_TRAIN), z)))",
        f"compare([W for W, _ in pairs], [b for _, b in pairs], train_loss, {score(t, 'z')})",
        *example(t, "net"),
    ]
    return "# ---- the loop\ndef main():\n" + "\n".join(f"    {line}" for line in lines) + "\n"
