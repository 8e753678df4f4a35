"""The engine's imports: in the README's reading order, so without a circle, and none inside a function."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlp

FOLDER = Path(mlp.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
READING_ORDER = re.findall(r"^\| `(\w+)\.py` \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


def engine_imports(source: str) -> Iterator[str]:
    """Name the engine's modules that a source imports, at whatever depth."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = ("mlp." if node.level else "") + (node.module or "")
            names = [f"{module.rstrip('.')}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "mlp":
                yield parts[1] if len(parts) > 1 else "__init__"


def delayed_imports(source: str) -> Iterator[str]:
    """Give the imports that do not stand at the top of a module: in a function, or under a condition."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in tree.body:
            yield ast.unparse(node)


def too_early(source: str, place: int) -> list[str]:
    """Name what a file at `place` of the reading order imports although it comes later, or not at all."""
    return [name for name in engine_imports(source) if name not in READING_ORDER[:place]]


def test_the_readme_names_every_file_once():
    assert sorted(READING_ORDER) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_file_imports_only_what_comes_before_it_in_the_readme(name):
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert too_early(source, READING_ORDER.index(name)) == []


@pytest.mark.parametrize("name", MODULES)
def test_all_imports_stand_at_the_top(name):
    assert list(delayed_imports((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "planted",
    [
        "from mlp.trainer import Trainer",
        "import mlp.trainer",
        "from mlp import trainer",
        "from . import trainer",
        "from .trainer import Trainer",
        "def f():\n    from mlp.trainer import Trainer",
        "from mlp import Trainer",
        "import mlp",
    ],
)
def test_an_import_of_a_later_file_is_found(planted):
    assert too_early(f"from mlp.arrays import Array\n{planted}", READING_ORDER.index("network"))


@pytest.mark.parametrize("place", ["def f():", "if TYPE_CHECKING:", "try:"])
def test_a_delayed_import_is_found(place):
    tail = "\nfinally:\n    pass" if place == "try:" else ""
    assert list(delayed_imports(f"{place}\n    from mlp.trainer import Trainer{tail}"))
