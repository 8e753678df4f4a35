"""The run as a program in NumPy alone: the textbook's formulas and nothing else."""

from __future__ import annotations

from mlp.source import source_of
from playground.export.pieces import (
    batches,
    check,
    example,
    intro,
    join,
    literal,
    masks,
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
from playground.inside.snippet import functions


def numpy_script(t: Transcript) -> str:
    """Write the whole program. Raises ValueError, in a sentence, for what it cannot express."""
    used = [layer.activation for layer in t.first.layers]
    words = (
        "Nothing but NumPy is needed. Read it from the top: the network forwards, the loss, the network backwards, the "
        "rule that makes a step of a gradient, the loop."
    )
    imports = "import numpy as np\n"
    head = intro(t, "plain NumPy", words) + "\n" + imports
    if any("math." in a.source.numpy_helper for a in used) and "import math" not in head:
        head = head.replace("import sys\n", "import math\nimport sys\n")
    no_masks = ", []" if t.uses("dropout") and len(weights_of(t)) > 1 else ""
    return join(
        head,
        names(t),
        "# ---- what a neuron does with its sum, and the slope of that\n" + functions(used),
        _network(t, [activation.name for activation in used]),
        own_rows(t),
        predict(
            t,
            "weights, biases",
            f"_, outputs = forward(prepare(rows), weights, biases{no_masks})\nreturn answers(outputs[-1])",
        ),
        _optimizers(t),
        batches(t),
        masks(t),
        schedule(t),
        _training(t),
        _main(t),
        check(),
        numbers(t),
        'if __name__ == "__main__":\n    main()',
    )


def _network(t: Transcript, used: list[str]) -> str:
    loss, slope = (source_of(t.first.loss, part, "NumPy") for part in ("numpy", "numpy_slope"))
    drop = t.uses("dropout") and len(t.first.sizes) > 2
    mask = ", masks" if drop else ""
    forward_mask = "        if layer < len(masks):\n            a = a * masks[layer]\n" if drop else ""
    backward_mask = "        if layer < len(masks):\n            d_a = d_a * masks[layer]\n" if drop else ""
    return (
        "# ---- the network, forwards and backwards\n"
        f"ACTIVATIONS = [{', '.join(used)}]\n"
        f"SLOPES = [{', '.join(f'{name}_slope' for name in used)}]\n\n\n"
        f"def forward(x, weights, biases{mask}):\n"
        f'    """From inputs x (n, {t.first.sizes[0]}) to the sums z and the outputs a of every layer."""\n'
        "    sums, outputs = [], [x]\n"
        "    for layer, (W, b) in enumerate(zip(weights, biases)):\n"
        "        z = outputs[-1] @ W + b                 # (n, n_out)\n"
        "        a = ACTIVATIONS[layer](z)               # (n, n_out)\n"
        f"{forward_mask}"
        "        sums.append(z)\n"
        "        outputs.append(a)\n"
        "    return sums, outputs\n\n\n"
        "def targets(y):\n"
        f'    """Labels as the loss wants them, (n, {t.first.sizes[-1]})."""\n'
        f"    return {targets(t, 'numpy')}\n\n\n"
        "def loss(z, y):\n"
        f'    """{t.first.loss.label}: how wrong the answers z are."""\n'
        f"    return {loss}\n\n\n"
        "def loss_slope(z, y):\n"
        f"    return {slope}\n\n\n"
        f"def backward(sums, outputs, y, weights{mask}):\n"
        '    """The gradient of the loss: how it changes with every weight and every bias."""\n'
        "    d_W, d_b = [], []\n"
        "    d_a = loss_slope(outputs[-1], y)            # dL/da of the last layer\n"
        "    for layer in reversed(range(len(weights))):\n"
        f"{backward_mask}"
        "        d_z = d_a * SLOPES[layer](sums[layer])  # (n, n_out)\n"
        "        d_W.insert(0, outputs[layer].T @ d_z)   # (n_in, n_out)\n"
        "        d_b.insert(0, d_z.sum(axis=0))          # (n_out,)\n"
        "        d_a = d_z @ weights[layer].T            # (n, n_in)\n"
        "    return d_W, d_b\n"
    )


def _optimizers(t: Transcript) -> str:
    functions = ["# ---- from a gradient to a step: `w` is one array of weights or biases, changed in place"]
    kinds = {s.settings.optimizer.name: s.settings.optimizer for s in t.stretches}
    for name, optimizer in kinds.items():
        update = source_of(optimizer, "numpy", "NumPy")
        settings = "".join(f", {key}" for key in optimizer_settings(optimizer) if key != "learning_rate")
        lines = [f"{key} = memory.setdefault({key!r}, np.zeros_like(w))" for key in optimizer.remembers]
        body = "\n".join(f"    {line}" for line in [*lines, *update.split("\n")])
        functions.append(f"def {name}(w, g, memory, t, lr{settings}):\n{body}\n\n")
    return "\n".join(functions)


def _training(t: Transcript) -> str:
    drop = t.uses("dropout") and len(t.first.sizes) > 2
    lines = [
        "sums, outputs = forward(x, weights, biases)",
        "d_W, d_b = backward(sums, outputs, y, weights)",
    ]
    if drop:
        lines = ["masks = dropout_masks(step, len(rows), dropout) if dropout else []", *lines]
        lines[1] = "sums, outputs = forward(x, weights, biases, masks)"
        lines[2] = "d_W, d_b = backward(sums, outputs, y, weights, masks)"
    if not t.first.shape.use_bias:
        lines.append("d_b = [0.0 * g for g in d_b]                               # no biases here: they stay at zero")
    if t.summed:
        lines += ["if summed:", "    d_W, d_b = ([len(rows) * g for g in gradients] for gradients in (d_W, d_b))"]
    if t.uses("l2"):
        lines.append("d_W = [g + l2 * W for g, W in zip(d_W, weights)]           # the slope of l2 / 2 * sum of W²")
    if t.uses("l1"):
        lines.append("d_W = [g + l1 * np.sign(W) for g, W in zip(d_W, weights)]  # the slope of l1 * sum of |W|")
    gradient = "d_W + d_b"
    if t.uses("clip_norm"):
        if t.uses("frozen"):
            lines.append("moving = [g for k, g in enumerate(d_W + d_b) if k % len(weights) not in frozen]")
        lines += [
            f"length = np.sqrt(sum((g**2).sum() for g in {'moving' if t.uses('frozen') else 'd_W + d_b'}))",
            "shorter = 1.0 if clip_norm is None else min(1.0, clip_norm / (length + 1e-6))",
        ]
        gradient = "[shorter * g for g in d_W + d_b]"
    rate = "learning_rate"
    if t.scheduled:
        lines.append("lr = learning_rate * schedule(time)")
        rate = "lr"
    skip = "            if k % len(weights) in frozen:\n                continue\n" if t.uses("frozen") else ""
    extra = [
        name for name in ("l1", "l2", "dropout", "clip_norm", "frozen") if t.uses(name) and (name != "dropout" or drop)
    ]
    arguments = "".join(f", {name}" for name in [*extra, *["summed"] * t.summed]) + (
        ", schedule" if t.scheduled else ""
    )
    body = "\n".join(f"        {line}" for line in lines)
    return (
        "# ---- the loop\n"
        "def train(weights, biases, memories, steps, epoch, row, batch_size, rule, learning_rate"
        f"{arguments}, **settings):\n"
        f"    for {'step' if drop else '_'}, ({'time' if t.scheduled else '_'}, rows) in "
        "zip(steps, batches(batch_size, epoch, row)):\n"
        "        x, y = X_TRAIN[rows], targets(Y_TRAIN[rows])\n"
        f"{body}\n"
        f"        for k, (w, g) in enumerate(zip(weights + biases, {gradient})):\n"
        f"{skip}"
        "            memory = memories.setdefault(k, {})\n"
        '            memory["t"] = memory.get("t", 0) + 1\n'
        f'            rule(w, g, memory, memory["t"], {rate}, **settings)\n'
    )


def _main(t: Transcript) -> str:
    lines = [
        "weights = [W.copy() for W in FIRST_WEIGHTS]",
        "biases = [b.copy() for b in FIRST_BIASES]",
    ]
    for s in t.stretches:
        if s.fresh:
            lines.append("memories = {}  # what the rule remembers, for each array")
        for layer, unit, source, value in t.places(s):
            place = f"biases[{layer}][{unit}]" if source is None else f"weights[{layer}][{source}, {unit}]"
            lines.append(f"{place} = {literal(value)}  # set by hand")
        settings = {
            **plain_settings(s, t),
            "rule": s.settings.optimizer.name,
            **{name: literal(value) for name, value in optimizer_settings(s.settings.optimizer).items()},
        }
        lines += ["train(", "    weights, biases, memories,"]
        lines += [f"    {name}={value}," for name, value in settings.items()]
        lines += [")"]
    lines += [
        "_, outputs = forward(X_TRAIN, weights, biases"
        + (", []" if t.uses("dropout") and len(weights_of(t)) > 1 else "")
        + ")",
        f"compare(weights, biases, loss(outputs[-1], targets(Y_TRAIN)), {score(t, 'outputs[-1]')})",
        *example(t, "weights, biases"),
    ]
    return "def main():\n" + "\n".join(f"    {line}" for line in lines) + "\n"


def weights_of(t: Transcript) -> list[object]:
    """One entry for each layer."""
    return list(t.first.layers)
