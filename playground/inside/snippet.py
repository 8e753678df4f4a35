"""One step as a program of its own, to be copied: NumPy alone, all numbers in full, and the same results printed.

Each activation, loss and optimizer has its few lines of code in a table here.
"""

from __future__ import annotations

import numpy as np

import mlp
from playground.inside.step import Step

MOST_PARAMETERS = 3000

# f(z) and f'(z) as code.
ACTIVATIONS: dict[str, tuple[str, str]] = {
    "identity": ("z", "np.ones_like(z)"),
    "sigmoid": ("0.5 * (1 + np.tanh(z / 2))", "f(z) * (1 - f(z))"),
    "tanh": ("np.tanh(z)", "1 - np.tanh(z) ** 2"),
    "relu": ("np.maximum(z, 0)", "np.where(z > 0, 1.0, 0.0)"),
    "leaky_relu": ("np.maximum(0.01 * z, z)", "np.where(z > 0, 1.0, 0.01)"),
    "elu": ("np.where(z > 0, z, np.expm1(np.minimum(z, 0)))", "np.exp(np.minimum(z, 0))"),
    "selu": (
        "{scale} * np.where(z > 0, z, {alpha} * np.expm1(np.minimum(z, 0)))",
        "{scale} * np.where(z > 0, 1.0, {alpha} * np.exp(np.minimum(z, 0)))",
    ),
    "softplus": ("np.logaddexp(0, z)", "0.5 * (1 + np.tanh(z / 2))"),
    "gelu": ("z * normal(z)", "normal(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)"),
    "silu": ("z * sigmoid(z)", "sigmoid(z) * (1 + z * (1 - sigmoid(z)))"),
    "sine": ("np.sin(z)", "np.cos(z)"),
    "step": ("np.where(z > 0, 1.0, 0.0)", "np.zeros_like(z)"),
}
HELPERS = {
    "gelu": "normal = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)))",
    "silu": "sigmoid = lambda z: 0.5 * (1 + np.tanh(z / 2))",
}

# The loss of each point, and the slope of the mean loss; z are the outputs (n, n_out), y the targets alike.
LOSSES: dict[str, tuple[str, str]] = {
    "mean_squared_error": ("((z - y) ** 2).mean(axis=1)", "2 * (z - y) / z.size"),
    "mean_absolute_error": ("np.abs(z - y).mean(axis=1)", "np.sign(z - y) / z.size"),
    "huber": (
        "np.where(np.abs(z - y) < 1, (z - y) ** 2 / 2, np.abs(z - y) - 0.5).mean(axis=1)",
        "np.clip(z - y, -1, 1) / z.size",
    ),
    "binary_crossentropy": ("(np.logaddexp(0, z) - y * z).mean(axis=1)", "(0.5 * (1 + np.tanh(z / 2)) - y) / z.size"),
    "categorical_crossentropy": (
        "np.logaddexp.reduce(z, axis=1) - (y * z).sum(axis=1)",
        "(np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True)) - y) / len(z)",
    ),
    "hinge": (
        "np.maximum(0, 1 - (2 * y - 1) * z).mean(axis=1)",
        "-(2 * y - 1) * ((2 * y - 1) * z < 1) / z.size",
    ),
}

# One update of an array; {names} are the optimizer's settings, memory arrays go by their own names.
_ADAM = """    mean = {beta_1} * mean + (1 - {beta_1}) * g
    squares = {beta_2} * squares + (1 - {beta_2}) * g**2
    m_hat, v_hat = mean / (1 - {beta_1}**t), squares / (1 - {beta_2}**t)
    return w - rate * m_hat / (np.sqrt(v_hat) + {epsilon})"""
OPTIMIZERS: dict[str, str] = {
    "sgd": "    return w - rate * g",
    "momentum": "    velocity = {momentum} * velocity + g\n    return w - rate * velocity",
    "nesterov": "    velocity = {momentum} * velocity + g\n    return w - rate * (g + {momentum} * velocity)",
    "adagrad": "    squares = squares + g**2\n    return w - rate * g / (np.sqrt(squares) + {epsilon})",
    "rmsprop": "    squares = {rho} * squares + (1 - {rho}) * g**2\n"
    "    return w - rate * g / (np.sqrt(squares) + {epsilon})",
    "adam": _ADAM,
    "adamw": "    w = w - rate * {weight_decay} * w if is_weight else w\n" + _ADAM,
}


def snippet(step: Step) -> str:
    """The program."""
    parts = [_head(step), _numbers(step), _functions(step), _forward(step), _backward(step), _update(step), _last(step)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(step: Step) -> str:
    helpers = sorted({HELPERS[a] for a in step.net.activations if a in HELPERS})
    math_ = "import math\n\n" if any("math." in h for h in helpers) else ""
    where = f"# Step {step.step} to {step.step + 1}: one update of a {'-'.join(map(str, step.net.sizes))} network."
    return "\n".join([where, f"{math_}import numpy as np", *helpers])


def _numbers(step: Step) -> str:
    lines = ["# The mini-batch, and the network before the step"]
    lines += [f"X = {_array(step.x)}", f"y = {_array(_targets(step))}"]
    for k, layer in enumerate(step.net.layers, start=1):
        lines += [f"W{k} = {_array(layer.weights)}", f"b{k} = {_array(layer.biases)}"]
    for k, mask in enumerate(step.masks, start=1):
        if mask is not None:
            lines.append(f"M{k} = {_array(mask)}  # dropout's mask")
    return "\n".join(lines)


def _targets(step: Step) -> np.ndarray:
    """(n, n_out), with 0 and 1 where the engine's loss keeps signs."""
    y = step.targets.T
    return 0.5 * (y + 1.0) if step.net.loss.name in ("binary_crossentropy", "hinge") else y


def _functions(step: Step) -> str:
    lines = []
    for k, activation in enumerate(step.net.shape.activations, start=1):
        value, slope = _code_of(activation)
        lines.append(f"f{k} = lambda z: {value}  # {activation.label}")
        lines.append(f"slope{k} = lambda z: {slope.replace('f(z)', f'f{k}(z)')}")
    return "\n".join(lines)


def _code_of(activation: mlp.Activation) -> tuple[str, str]:
    value, slope = ACTIVATIONS[activation.name]
    known = {name: getattr(activation, name) for name in ("scale", "alpha") if hasattr(activation, name)}
    return (value.format(**known), slope.format(**known)) if known else (value, slope)


def _forward(step: Step) -> str:
    lines, before = ["# Forwards"], "X"
    for k, mask in enumerate(step.masks, start=1):
        lines += [f"Z{k} = {before} @ W{k} + b{k}", f"A{k} = f{k}(Z{k})" + (f" * M{k}" if mask is not None else "")]
        before = f"A{k}"
    loss, _ = LOSSES[step.net.loss.name]
    return "\n".join([*lines, f"z = {before}", f"loss = ({loss}).mean()"])


def _backward(step: Step) -> str:
    last = len(step.layers)
    _, slope = LOSSES[step.net.loss.name]
    lines = ["# Backwards: the slope of the mean loss along everything"]
    for k in range(last, 0, -1):
        arrives = slope if k == last else f"D{k + 1} @ W{k + 1}.T"
        mask = f" * M{k}" if step.masks[k - 1] is not None else ""
        before = "X" if k == 1 else f"A{k - 1}"
        lines += [f"D{k} = ({arrives}){mask} * slope{k}(Z{k})", f"G{k} = {before}.T @ D{k}", f"g{k} = D{k}.sum(axis=0)"]
    s = step.settings
    for k in range(1, last + 1):
        if s.l2:
            lines.append(f"G{k} = G{k} + {s.l2!r} * W{k}")
        if s.l1:
            lines.append(f"G{k} = G{k} + {s.l1!r} * np.sign(W{k})")
    if s.clip_norm is not None:
        every = ", ".join(f"G{k}, g{k}" for k in range(1, last + 1))
        lines.append(f"norm = np.sqrt(sum((g**2).sum() for g in ({every})))")
        lines.append(f"clip = min(1.0, {s.clip_norm!r} / (norm + 1e-6))")
        lines += [f"G{k}, g{k} = clip * G{k}, clip * g{k}" for k in range(1, last + 1)]
    return "\n".join(lines)


def _update(step: Step) -> str:
    optimizer = step.settings.optimizer
    vectors = [name for name in step.memory if name != "t"]
    settings = {name: repr(value) for name, value in vars(optimizer).items()}
    body = OPTIMIZERS[optimizer.name].format(**settings)
    lines = [f"# The update: {optimizer.label}", f"rate = {step.rate!r}"]
    if "t" in step.memory:
        lines.append(f"t = {float(step.memory['t']) + 1.0!r}  # steps of the optimizer, this one included")
    lines += ["", "", f"def update({', '.join(['w', 'g', 'is_weight', *vectors])}):", body, "", ""]
    for k in range(1, len(step.layers) + 1):
        for letter, gradient, part in (("W", "G", np.s_[:, :-1]), ("b", "g", np.s_[:, -1])):
            memory = [_array(step.matrices(step.memory[name])[k - 1][part].T) for name in vectors]
            arguments = [f"{letter}{k}", f"{gradient}{k}", str(letter == "W"), *memory]
            lines.append(f"new_{letter}{k} = update({', '.join(arguments)})")
    return "\n".join(lines)


def _last(step: Step) -> str:
    lines = ['print("loss", repr(float(loss)))']
    for k in range(1, len(step.layers) + 1):
        lines += [f'print("gradient of W{k}", G{k}.tolist())', f'print("new W{k}", new_W{k}.tolist())']
        lines.append(f'print("new b{k}", new_b{k}.tolist())')
    return "\n".join(lines)


def _array(values: np.ndarray) -> str:
    return f"np.array({np.asarray(values, float).tolist()!r})"
