"""The second derivatives are PyTorch's, for every activation, loss and kind of output, and so are the eigenvalues."""

import numpy as np
import pytest
import torch

import mlp
from mlp.losses import Loss
from tests.engine.helpers import answers_for, away_from_kinks, random_network, sizes_for
from tests.parity.helpers import LOSSES, Twin


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def torchs(net: mlp.MLP, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The Hessian by torch.autograd.functional.hessian, over the flat vector of parameters."""
    twin = Twin(net)
    names = [name for name, _ in twin.module.named_parameters()]
    inputs = torch.from_numpy(x)
    answers = torch.from_numpy(y)
    if net.loss.name != "categorical_crossentropy":
        targets = net.loss.targets(y, net.sizes[-1]).T
        answers = torch.from_numpy(0.5 * (targets + 1.0) if net.loss.from_logits else targets.copy())

    def loss(flat):
        parts, at = {}, 0
        for k, (n_in, n_out) in enumerate(zip(net.sizes, net.sizes[1:], strict=False)):
            block = flat[at : at + n_out * (n_in + 1)].reshape(n_out, n_in + 1)
            parts[names[2 * k]], parts[names[2 * k + 1]] = block[:, :-1], block[:, -1]
            at += n_out * (n_in + 1)
        return LOSSES[net.loss.name](torch.func.functional_call(twin.module, parts, inputs), answers)

    flat = torch.from_numpy(net.parameters.copy())
    return torch.autograd.functional.hessian(loss, flat).numpy()


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_the_hessian_is_pytorchs(activation, loss, rng):
    sizes = sizes_for(loss, (4, 3))
    net = random_network(sizes, activation, loss, rng)
    x = rng.standard_normal((12, sizes[0]))
    y = answers_for(loss, 12, sizes[-1], rng)
    hessian = mlp.Curvature(net, x, y).hessian()
    wanted = torchs(net, x, y)
    np.testing.assert_allclose(hessian, wanted, atol=1e-10 * max(1.0, np.abs(wanted).max()))
    found = mlp.eigenvalues(hessian, np.ones(len(hessian)))
    np.testing.assert_allclose(found, np.linalg.eigvalsh(wanted)[::-1], atol=1e-10 * max(1.0, np.abs(wanted).max()))


@pytest.mark.parametrize("output", ["sigmoid", "tanh", "softplus"])
def test_a_bend_of_the_output_counts_too(output, rng):
    net = random_network([3, 4, 2], "tanh", "mean_squared_error", rng, output)
    x, y = rng.standard_normal((9, 3)), rng.standard_normal((9, 2))
    np.testing.assert_allclose(mlp.Curvature(net, x, y).hessian(), torchs(net, x, y), atol=1e-11)


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_a_product_is_how_the_gradient_changes(activation, rng):
    net = random_network([2, 5, 1], activation, "binary_crossentropy", rng)
    x, y = rng.standard_normal((15, 2)), rng.integers(0, 2, 15)
    x, y = away_from_kinks(net, x, y)
    v = rng.standard_normal(net.n_parameters)
    v /= np.linalg.norm(v)
    product = mlp.Curvature(net, x, y).product(v)
    h, twin = 1e-5, net.copy()
    gradients = []
    for side in (1.0, -1.0):
        twin.parameters[...] = net.parameters + side * h * v
        gradients.append(twin.loss_and_gradient(x, y)[1])
    measured = (gradients[0] - gradients[1]) / (2.0 * h)
    assert np.linalg.norm(product - measured) < 1e-8 * np.linalg.norm(measured)


class Cube(mlp.Activation):
    """An entry without a bend of its own."""

    name, label, formula = "cube", "Cube", "z³"

    def value(self, z):
        return z**3

    def slope(self, z):
        return 3.0 * z**2


def test_a_new_activation_needs_no_bend_of_its_own():
    z = np.linspace(-2.0, 2.0, 21)
    np.testing.assert_allclose(Cube().bend(z), 6.0 * z, atol=1e-8)


@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_neither_does_a_new_loss(loss, rng):
    entry = mlp.LOSSES[loss]
    n_out = 3 if loss == "categorical_crossentropy" else 1
    y = entry.targets(answers_for(loss, 8, n_out, rng), n_out)
    z = rng.standard_normal((n_out, 8))
    r = rng.standard_normal((4, n_out, 8))
    assert type(entry).bend is not Loss.bend
    np.testing.assert_allclose(entry.bend(z, y, r), Loss.bend(entry, z, y, r), atol=1e-8)
