"""The same network in PyTorch, trained the same way, to hold ours against."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import torch

import mlp

ACTIVATIONS: dict[str, Callable[[], torch.nn.Module]] = {
    "identity": torch.nn.Identity,
    "sigmoid": torch.nn.Sigmoid,
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "leaky_relu": torch.nn.LeakyReLU,
    "elu": torch.nn.ELU,
    "selu": torch.nn.SELU,
    "softplus": lambda: torch.nn.Softplus(threshold=1e6),  # its default switches to z above 20
    "gelu": torch.nn.GELU,
    "silu": torch.nn.SiLU,
    "sine": lambda: _Sine(),
    "step": lambda: _Step(),
}

LOSSES = {
    "mean_squared_error": torch.nn.MSELoss(),
    "mean_absolute_error": torch.nn.L1Loss(),
    "huber": torch.nn.HuberLoss(),
    "binary_crossentropy": torch.nn.BCEWithLogitsLoss(),
    "categorical_crossentropy": torch.nn.CrossEntropyLoss(),
    "hinge": lambda z, y: torch.relu(1.0 - (2.0 * y - 1.0) * z).mean(),  # PyTorch has none of its own
}

OPTIMIZERS = {
    "sgd": lambda groups, o: torch.optim.SGD(groups, lr=o.learning_rate),
    "momentum": lambda groups, o: torch.optim.SGD(groups, lr=o.learning_rate, momentum=o.momentum),
    "nesterov": lambda groups, o: torch.optim.SGD(groups, lr=o.learning_rate, momentum=o.momentum, nesterov=True),
    "adagrad": lambda groups, o: torch.optim.Adagrad(groups, lr=o.learning_rate, eps=o.epsilon),
    "rmsprop": lambda groups, o: torch.optim.RMSprop(groups, lr=o.learning_rate, alpha=o.rho, eps=o.epsilon),
    "adam": lambda groups, o: torch.optim.Adam(groups, lr=o.learning_rate, betas=(o.beta_1, o.beta_2), eps=o.epsilon),
    "adamw": lambda groups, o: torch.optim.AdamW(groups, lr=o.learning_rate, betas=(o.beta_1, o.beta_2), eps=o.epsilon),
}


class _Sine(torch.nn.Module):
    def forward(self, z):
        return torch.sin(z)


class _Step(torch.nn.Module):
    def forward(self, z):
        return (z > 0).to(z) + 0.0 * z


class Twin:
    """`net` rebuilt in PyTorch in double precision."""

    def __init__(self, net: mlp.MLP) -> None:
        modules = []
        for layer in net.layers:
            linear = torch.nn.Linear(*layer.weights.shape, dtype=torch.float64)
            linear.weight.data = torch.from_numpy(layer.weights.T.copy())
            linear.bias.data = torch.from_numpy(layer.biases.copy())
            linear.bias.requires_grad = net.shape.use_bias
            modules += [linear, ACTIVATIONS[layer.activation.name](**asdict(layer.activation))]
        self.module = torch.nn.Sequential(*modules)
        self.linears = modules[::2]
        self.net = net

    @property
    def weights(self):
        return [linear.weight for linear in self.linears]

    @property
    def biases(self):
        return [linear.bias for linear in self.linears]

    def groups(self, weight_decay: float):
        """Weight decay on the weights alone, which is our convention."""
        return [
            {"params": self.weights, "weight_decay": weight_decay},
            {"params": self.biases, "weight_decay": 0.0},
        ]

    def loss(self, x: np.ndarray, y: np.ndarray) -> torch.Tensor:
        z = self.module(torch.tensor(x))
        targets = torch.tensor(y)
        if self.net.loss.name != "categorical_crossentropy":
            targets = targets.to(z).reshape(z.shape)
        return LOSSES[self.net.loss.name](z, targets)

    def penalty(self, l1: float) -> torch.Tensor | float:
        """On the weights alone; `groups` takes care of l2."""
        return l1 * sum(w.abs().sum() for w in self.weights) if l1 else 0.0

    def parameters(self) -> np.ndarray:
        """Flat, laid out as ours."""
        rows = [torch.cat([linear.weight, linear.bias[:, None]], dim=1).reshape(-1) for linear in self.linears]
        return torch.cat(rows).detach().numpy()

    def gradient(self) -> np.ndarray:
        rows = [
            torch.cat([linear.weight.grad, linear.bias.grad[:, None]], dim=1).reshape(-1) for linear in self.linears
        ]
        return torch.cat(rows).numpy()


def distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Norm of the difference over the norm."""
    return float(np.linalg.norm(ours - theirs) / (np.linalg.norm(theirs) or 1.0))
