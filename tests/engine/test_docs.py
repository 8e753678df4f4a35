"""Every example in a docstring runs, every public name has a docstring, and nothing prints or imports a page."""

import ast
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
        assert inspect.getdoc(thing)


def test_reading_order_names_every_file():
    order = mlp.__doc__ + (Path(mlp.__file__).parent / "README.md").read_text(encoding="utf-8")
    for name in MODULES[1:]:
        assert order.count(name.removeprefix("mlp.")) >= 2, name


@pytest.mark.parametrize("path", sorted(Path(mlp.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_engine_needs_numpy_alone_and_never_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {"mlp", "numpy", "__future__"} | set(__import__("sys").stdlib_module_names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in allowed for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module.split(".")[0] in allowed
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print"


def test_examples_of_the_readme_run():
    readme = Path(mlp.__file__).parent / "README.md"
    assert doctest.testfile(str(readme), module_relative=False, encoding="utf-8").failed == 0
