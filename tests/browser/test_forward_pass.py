"""The browser's forward pass is the engine's: every activation, every output, every input feature, to 1e-5."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

import mlp
from playground.run.config import SETTINGS, Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.web.about import about
from playground.web.assets import modules_address
from tests.browser.harness import new_context, visit

EVALUATE = """async ({ base, net, parameters, x1, x2 }) => {
  const { Network } = await import(base + "/stage/network.js");
  return new Network(net).evaluate(parameters, x1, x2).map((layer) => layer.map((row) => Array.from(row)));
}"""
ACTIVATIONS = list(mlp.ACTIVATIONS)
CASES = [
    *(Config(activations=(name,)) for name in ACTIVATIONS),
    Config(activations=("leaky_relu",), leaky_relu_negative_slope=0.3),
    Config(hidden_layer_sizes=(5, 4, 3), activations=("relu", "sine", "gelu")),
    Config(hidden_layer_sizes=()),
    Config(features=SETTINGS["features"].choices),
    Config(features=("sin x2", "x1*x2"), hidden_layer_sizes=(32,) * 10),
    Config(dataset="blobs", n_classes=6),
    Config(dataset="ripple"),
    *(Config(loss=name) for name, loss in mlp.LOSSES.items() if "binary" in loss.tasks),
    *(Config(dataset="blobs", loss=name) for name, loss in mlp.LOSSES.items() if "multiclass" in loss.tasks),
    *(Config(dataset="plane", loss=name) for name, loss in mlp.LOSSES.items() if "regression" in loss.tasks),
]


@pytest.fixture(scope="module")
def blank(browser, server):
    page = new_context(browser, server).new_page()
    visit(page, "/")
    yield page
    page.context.close()


def outputs(net: mlp.MLP, x: np.ndarray) -> np.ndarray:
    """What is drawn of the last layer: probabilities where the loss speaks of them, else the outputs."""
    if net.loss.name == "binary_crossentropy":
        return net.predict_proba(x)[:, 1:]
    return net.predict_proba(x) if net.loss.name == "categorical_crossentropy" else net.outputs(x)


def name_of(c: Config) -> str:
    return f"{c.dataset}-{c.loss}-{'+'.join(c.activations)}-{len(c.features)}"


@pytest.mark.parametrize("config", CASES, ids=name_of)
def test_the_browsers_forward_pass_is_the_engines(blank, config):
    experiment = Experiment(config)
    run = Runs().get(experiment)
    run.record(3, seconds=60)
    points, data = make_data(experiment)
    net = run.trainer.net
    told = about(experiment, run)["net"]
    x = points.x_test[:60]
    seen = blank.evaluate(
        EVALUATE,
        {
            "base": f"/{modules_address()}", "net": told, "parameters": net.parameters.astype(np.float32).tolist(),
            "x1": x[:, 0].tolist(), "x2": x[:, 1].tolist(),
        },
    )  # fmt: skip
    features = data.x_test[:60]
    layers = net.trace(features, data.y_test[:60])
    truth = [features, *(layer.a for layer in layers[:-1]), outputs(net, features)]
    assert len(seen) == len(truth)
    for depth, (here, there) in enumerate(zip(seen, truth, strict=True)):
        np.testing.assert_allclose(np.array(here).T, there, rtol=1e-5, atol=1e-5, err_msg=f"layer {depth}")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_the_same_function_where_it_is_steep_flat_and_far_out(blank, name):
    z = np.concatenate([np.linspace(-6, 6, 241), [-80.0, -20.0, 20.0, 80.0]]) + 1e-3
    settings = asdict(mlp.ACTIVATIONS[name])
    code = """async ({ base, name, settings, z }) => {
      const { ACTIVATIONS } = await import(base + "/shared/registry.js");
      const a = Float64Array.from(z); ACTIVATIONS[name](a, settings); return Array.from(a); }"""
    seen = blank.evaluate(code, {"base": f"/{modules_address()}", "name": name, "settings": settings, "z": z.tolist()})
    np.testing.assert_allclose(seen, mlp.ACTIVATIONS[name].value(z), rtol=1e-5, atol=1e-6)
