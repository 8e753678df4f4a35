"""Every example in a docstring and in the README runs, and every public name has a docstring of its own."""

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import mlp

MODULES = ["mlp", *(f"mlp.{module.name}" for module in pkgutil.iter_modules(mlp.__path__))]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", mlp.__all__)
def test_public_name_is_explained(name):
    thing = getattr(mlp, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__  # getdoc would take a base class's for its own
        assert not thing.__doc__.startswith(f"{name}("), "dataclass made this one up"


def test_examples_of_the_readme_run():
    readme = Path(mlp.__file__).parent / "README.md"
    assert doctest.testfile(str(readme), module_relative=False, encoding="utf-8").failed == 0
