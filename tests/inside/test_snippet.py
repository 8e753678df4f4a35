"""The program on offer runs with NumPy alone and prints the numbers on screen."""

import ast
import contextlib
import io
import re

import numpy as np
import pytest

import mlp
from playground.inside import snippet
from playground.inside.ideas import walk
from playground.inside.step import Step
from playground.inside.terms import Terms
from playground.run.glossary import glossary
from tests.inside.test_terms import N_OUT, UNUSUAL, make_trainer, steps_of


def run(program: str) -> dict[str, object]:
    """What a program prints, by the words before the numbers."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "snippet", "exec"), {})
    printed = {}
    for line in out.getvalue().splitlines():
        words, _, numbers = line.partition(" [") if " [" in line else line.rpartition(" ")
        printed[words.strip()] = ast.literal_eval(f"[{numbers}" if " [" in line else numbers)
    return printed


def check_words(program: str, step: Step) -> None:
    """Every name is explained that the program gives to an array, and each leads to an idea of the walk."""
    words, titles = snippet.vocabulary(step), {idea.title for idea in walk(Terms(step, 0), 1, 0, 0)}
    tree = ast.parse(program)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    }
    assert set(words) <= used
    assert {name for name in used if re.fullmatch(r"(new_)?[A-Za-z]\d+", name)} <= set(words)
    assert {word.idea for word in words.values()} <= titles
    assert {word.term for word in words.values()} <= {"", *glossary()}


def check(step: Step) -> None:
    program = snippet.snippet(step)
    check_words(program, step)
    printed = run(program)
    assert printed["loss"] == pytest.approx(float(step.losses.mean()), rel=1e-12, abs=1e-13)
    for k, (after, used) in enumerate(zip(step.matrices(step.after), step.matrices(step.used), strict=True), start=1):
        np.testing.assert_allclose(printed[f"new W{k}"], after[:, :-1].T, rtol=1e-12, atol=1e-12)
        if step.net.shape.use_bias:
            np.testing.assert_allclose(printed[f"new b{k}"], after[:, -1], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(printed[f"gradient of W{k}"], used[:, :-1].T, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("loss", mlp.LOSSES)
@pytest.mark.parametrize("activation", [*mlp.ACTIVATIONS, mlp.LeakyReLU(0.2)], ids=str)
def test_the_program_prints_the_engines_numbers(activation: str | mlp.Activation, loss: str):
    for n_out in N_OUT.get(loss, (1, 2)):
        check(steps_of(make_trainer(activation, loss, "sgd", n_out))[1])


@pytest.mark.parametrize("unusual", UNUSUAL)
def test_the_program_knows_networks_without_biases_and_slopes_that_are_added_up(unusual: str):
    for step in steps_of(make_trainer("sigmoid", "mean_squared_error", "adamw", 2, **UNUSUAL[unusual])):
        check(step)
    for step in steps_of(make_trainer("tanh", "huber", "sgd", 2, output_activation="sigmoid", **UNUSUAL[unusual])):
        check(step)


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_the_program_knows_every_optimizer_and_every_regularizer(optimizer: str):
    extras = {"l1": 0.02, "l2": 0.03, "dropout": 0.4, "clip_norm": 0.05, "schedule": mlp.Cosine(epochs=5.0)}
    for step in steps_of(make_trainer("gelu", "binary_crossentropy", optimizer, **extras)):
        check(step)


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
def test_all_rows_of_numbers_stand_together_and_the_rest_is_short(optimizer: str):
    step = steps_of(make_trainer("tanh", "binary_crossentropy", optimizer, 1, dropout=0.4))[1]
    program, numbers = snippet.snippet(step), snippet.numbers(step)
    assert program.count(numbers) == 1
    before, after = program.split(numbers)
    assert not re.search(r"np\.array|identity", before + after)
    assert all(len(line) < 120 for line in (before + after).splitlines())
