"""The reading order of playground/README.md: every file is named once, and imports nothing that comes later."""

import re
from pathlib import Path

import pytest

from tests.test_architecture import FLOORS, imports

HOUSE = Path(__file__).parents[1] / "playground"
README = (HOUSE / "README.md").read_text(encoding="utf-8")
MODULES = re.compile(r'from "\./(\w+\.js)"')


def in_browser() -> dict[str, list[str]]:
    """The second part of the page: its folders lie in web/js."""
    part = README.partition("## In the browser")[2]
    return {
        folder: re.findall(r"`(\w+\.js)`", names)
        for folder, names in re.findall(r"\*\*(\w+)/\*\*:((?:\s*`\w+\.js`,?)+)", part)
    }


def later(names: list[str], place: int, imported: set[str]) -> set[str]:
    """What is imported of a folder's own files though it comes later."""
    return imported & set(names[place + 1 :])


def test_the_folders_stand_in_the_order_in_which_they_import():
    python = README.partition("## In the browser")[0]
    assert re.findall(r"\*\*(\w+)/\*\*", python) == list(FLOORS)


@pytest.mark.parametrize("folder", FLOORS)
def test_every_python_file_is_named_once_and_imports_only_what_comes_before_it(folder):
    names = re.findall(
        r"`(\w+\.py)`", README.partition(f"**{folder}/**")[2].partition("\n- **")[0].partition("\n##")[0]
    )
    assert sorted(names) == sorted(p.name for p in (HOUSE / folder).glob("*.py") if p.name != "__init__.py")
    for place, name in enumerate(names):
        found = {
            f"{part}.py"
            for full in imports((HOUSE / folder / name).read_text(encoding="utf-8"))
            for part in full.removeprefix(f"playground.{folder}.").split(".")[:1]
            if full.startswith(f"playground.{folder}.")
        }
        assert not later(names, place, found), name


@pytest.mark.parametrize("folder", in_browser())
def test_every_module_of_the_browser_is_named_once_and_imports_only_what_comes_before_it(folder):
    names = in_browser()[folder]
    home = HOUSE / "web" / "js" / folder
    assert sorted(names) == sorted(p.name for p in home.glob("*.js") if p.name != "registry.js")
    for place, name in enumerate(names):
        source = re.sub(r"/\*\*.*?\*/|//[^\n]*", "", (home / name).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not later(names, place, set(MODULES.findall(source))), name


def test_all_folders_of_the_browser_are_named():
    assert set(in_browser()) == {p.name for p in (HOUSE / "web" / "js").iterdir() if p.is_dir()}
