"""The run as a program in PyTorch: how little code the same network is in a framework."""

# ruff: noqa: E501 - templates stand here as they will be printed

from __future__ import annotations

import mlp
from mlp.source import source_of
from playground.export.pieces import (
    batches,
    block,
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


def pytorch_script(t: Transcript) -> str:
    """Write the whole program. Raises ValueError, in a sentence, for what it cannot express."""
    helpers = dict.fromkeys(layer.activation.source.torch_helper for layer in t.first.layers)
    words = (
        "Needs NumPy and PyTorch. PyTorch finds the gradients by itself; what is left to say is what the network is, "
        "what the loss is, and who makes the steps."
    )
    return join(
        intro(t, "PyTorch", words)
        + "\nimport numpy as np\nimport torch\nfrom torch import nn\n\ntorch.set_num_threads(1)",
        names(t),
        *filter(None, helpers),
        _network(t),
        own_rows(t),
        predict(t, "net", "with torch.no_grad():\n    return answers(net(torch.tensor(prepare(rows))).numpy())"),
        batches(t),
        masks(t),
        schedule(t),
        _training(t),
        _evaluation(t),
        _main(t),
        check(),
        numbers(t),
        'if __name__ == "__main__":\n    net = main()\n'
        f"    torch.save(net.state_dict(), {literal(f'{t.name}.pt')})  # load_state_dict() takes it back\n",
    )


def modules(net: mlp.MLP, *, drops: bool = False) -> list[str]:
    """What stands in the nn.Sequential of a network, as source. Raises ValueError for what PyTorch cannot express."""
    found = []
    for layer in net.layers:
        n_in, n_out = layer.weights.shape
        found.append(f"nn.Linear({n_in}, {n_out})")
        if layer.activation.name != "identity":
            found.append(source_of(layer.activation, "torch", "PyTorch"))
        if drops and layer is not net.layers[-1]:
            found.append("Mask()")
    return found


def _network(t: Transcript) -> str:
    drop = _drops(t)
    loss = source_of(t.first.loss, "torch", "PyTorch")
    mask = block("""
        class Mask(nn.Module):
            \"\"\"nn.Dropout with given masks, so that the same neurons sit out as in the playground.\"\"\"

            mask = None

            def forward(self, a):
                return a * torch.tensor(self.mask) if self.training and self.mask is not None else a
        """)
    fixed = "            layer.bias.requires_grad_(False)  # no biases here: they stay at zero\n"
    fixed = "" if t.first.shape.use_bias else fixed
    return (
        "# ---- the network\n"
        + (mask + "\n\n\n" if drop else "")
        + "def make_network():\n    net = nn.Sequential(\n"
        + "".join(f"        {module},\n" for module in modules(t.first, drops=drop))
        + "    ).double()\n"
        "    with torch.no_grad():\n"
        "        for layer, W, b in zip(linear_layers(net), FIRST_WEIGHTS, FIRST_BIASES):\n"
        "            layer.weight.copy_(torch.tensor(W.T))  # PyTorch keeps a neuron's weights in a row\n"
        "            layer.bias.copy_(torch.tensor(b))\n"
        f"{fixed}"
        "    return net\n\n\n"
        "def linear_layers(net):\n"
        "    return [layer for layer in net if isinstance(layer, nn.Linear)]\n\n\n"
        f"loss_of = {loss}\n\n\n"
        "def targets(y):\n"
        '    """What the loss compares the outputs with."""\n'
        f"    return {targets(t, 'torch')}\n"
    )


def _drops(t: Transcript) -> bool:
    return t.uses("dropout") and len(t.first.sizes) > 2


def _training(t: Transcript) -> str:
    extra: list[str] = [
        name
        for name in ("l1", "l2", "dropout", "clip_norm", "frozen", "summed")
        if name in plain_settings(t.stretches[0], t)
    ]
    if t.scheduled:
        extra = ["learning_rate", *extra, "schedule"]
    lines = []
    if t.scheduled:
        lines += ["for group in optimizer.param_groups:", '    group["lr"] = learning_rate * schedule(time)']
    if _drops(t):
        lines += [
            "masks = dropout_masks(step, len(rows), dropout) if dropout else []",
            "for layer in (layer for layer in net if isinstance(layer, Mask)):",
            "    layer.mask = masks.pop(0) if masks else None",
        ]
    lines += ["loss = loss_of(net(x[rows]), y[rows])"]
    if t.summed:
        lines += ["loss = loss * len(rows) if summed else loss"]
    if t.uses("l2"):
        lines += ["loss = loss + l2 / 2 * sum((layer.weight**2).sum() for layer in linear_layers(net))"]
    if t.uses("l1"):
        lines += ["loss = loss + l1 * sum(layer.weight.abs().sum() for layer in linear_layers(net))"]
    backward = ["if loss.requires_grad:", "    loss.backward()"] if t.uses("frozen") else ["loss.backward()"]
    lines += ["optimizer.zero_grad()", *backward]
    if t.uses("clip_norm"):
        lines += ["if clip_norm is not None:", "    nn.utils.clip_grad_norm_(net.parameters(), clip_norm)"]
    lines += ["optimizer.step()"]
    body = "\n".join(f"        {line}" for line in lines)
    freeze = (
        "    for k, layer in enumerate(linear_layers(net)):  # without a gradient the optimizer leaves them as they are\n"
        f"        layer.{'' if t.first.shape.use_bias else 'weight.'}requires_grad_(k not in frozen)\n"
    )
    return (
        "# ---- the loop\n"
        f"def train(net, optimizer, x, y, steps, epoch, row, batch_size{''.join(f', {name}' for name in extra)}):\n"
        '    """Update the network by mini-batches. `epoch` and `row` say where in the data the first of them begins."""\n'
        "    net.train()\n"
        f"{freeze if t.uses('frozen') else ''}"
        f"    for {'step' if _drops(t) else '_'}, ({'time' if t.scheduled else '_'}, rows) in "
        "zip(steps, batches(batch_size, epoch, row)):\n"
        f"{body}\n"
    )


def _evaluation(t: Transcript) -> str:
    what = "accuracy" if t.data.n_classes else "R²"
    return (
        "@torch.no_grad()\n"
        "def evaluate(net, x, y):\n"
        f'    """The loss and the {what} over all rows."""\n'
        "    net.eval()\n"
        "    outputs = net(torch.tensor(x))\n"
        "    loss = loss_of(outputs, targets(y)).item()\n"
        "    outputs = outputs.numpy()\n"
        f"    return loss, {score(t, 'outputs', 'y')}\n"
    )


def _constructor(optimizer: mlp.Optimizer) -> tuple[str, str]:
    """The class of an optimizer in torch.optim and its arguments, as source."""
    values = {name: literal(value) for name, value in optimizer_settings(optimizer).items()}
    name, _, arguments = source_of(optimizer, "torch", "PyTorch").format(**values).partition("(")
    return name, arguments.removesuffix(")")


def _main(t: Transcript) -> str:
    lines = ["x, y = torch.tensor(X_TRAIN), targets(Y_TRAIN)", "net = make_network()"]
    told = None
    for s in t.stretches:
        optimizer = s.settings.optimizer
        name, arguments = _constructor(optimizer)
        decay = optimizer_settings(optimizer).get("weight_decay")
        if s.fresh:
            who = "net.parameters()"
            if decay is not None:
                lines += [
                    "groups = [  # weights fade, biases do not",
                    f"    {{'params': [layer.weight for layer in linear_layers(net)], 'weight_decay': {literal(decay)}}},",
                    "    {'params': [layer.bias for layer in linear_layers(net)], 'weight_decay': 0.0},",
                    "]",
                ]
                who = "groups"
            lines.append(f"optimizer = torch.optim.{name}({who}, {arguments})")
        elif arguments != told:
            lines += ["for group in optimizer.param_groups:", f"    group.update({arguments})"]
            if decay is not None:
                lines.append(f"optimizer.param_groups[0]['weight_decay'] = {literal(decay)}")
        told = arguments
        if places := t.places(s):
            lines.append("with torch.no_grad():  # set by hand")
        for layer, unit, source, value in places:
            place = f"bias[{unit}]" if source is None else f"weight[{unit}, {source}]"
            lines.append(f"    linear_layers(net)[{layer}].{place} = {literal(value)}")
        settings = plain_settings(s, t)
        if t.scheduled:
            settings["learning_rate"] = literal(optimizer_settings(optimizer)["learning_rate"])
        lines.append(
            "train(net, optimizer, x, y, " + ", ".join(f"{key}={value}" for key, value in settings.items()) + ")"
        )
    lines += [
        "train_loss, train_score = evaluate(net, X_TRAIN, Y_TRAIN)",
        "weights = [layer.weight.detach().numpy().T for layer in linear_layers(net)]",
        "biases = [layer.bias.detach().numpy() for layer in linear_layers(net)]",
        "compare(weights, biases, train_loss, train_score)",
        *_test(t),
        *example(t, "net"),
    ]
    return "def main():\n" + "\n".join(f"    {line}" for line in lines) + "\n"


def _test(t: Transcript) -> list[str]:
    """Lines that look at the data which the network has not seen."""
    if not len(t.data.x_test):
        return []
    what = "the accuracy" if t.data.n_classes else "R2"
    return [
        "test_loss, test_score = evaluate(net, X_TEST, Y_TEST)",
        f'print(f"On the {len(t.data.x_test)} test points the loss is {{test_loss:.12g}}, {what} {{test_score:.6g}}.")',
    ]
