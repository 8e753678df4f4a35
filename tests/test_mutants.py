"""The tables of planted faults fit the code as it is, and the script that plants them can tell killed from survived."""

import shutil
from pathlib import Path

import pytest

from scripts import mutants
from scripts.mutants import ROOT, TABLES, Mutant, Table

NAMES = sorted(path.stem for path in TABLES.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_fault_of_a_table_can_be_planted(name: str, tmp_path: Path):
    table = Table.read(name)
    for mutant in table.mutants:
        target = tmp_path / mutant.file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / mutant.file, target)
        mutant.plant(tmp_path)
        assert target.read_text(encoding="utf-8") != (ROOT / mutant.file).read_text(encoding="utf-8"), mutant.name
        for tests in f"{table.tests} {mutant.tests}".split():
            assert (ROOT / tests).exists(), mutant.name


@pytest.fixture
def small_project(tmp_path: Path, monkeypatch) -> Table:
    (tmp_path / "sum.py").write_text("def add(a, b):\n    return a + b\n", encoding="utf-8")
    (tmp_path / "check.py").write_text("from sum import add\nassert add(2, 2) == 4\n", encoding="utf-8")
    (tmp_path / "report.md").write_text("# Planted faults\n\nHello.\n\n## Another\n\nAs it was.\n", encoding="utf-8")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "REPORT", tmp_path / "report.md")
    faults = (
        Mutant("a minus", "sum.py", "a + b", "a - b"),
        Mutant("a times", "sum.py", "a + b", "a * b", reason="twice two is four"),
    )
    return Table("small", "A sum", "{python}", "check.py", ("sum.py", "check.py"), faults)


def test_a_fault_that_no_test_notices_survives(small_project: Table, capsys):
    alive = mutants.hunt(small_project, list(small_project.mutants), jobs=2)
    assert [mutant.name for mutant in alive] == ["a times"]
    assert "killed    sum.py: a minus" in capsys.readouterr().out


def test_the_report_keeps_what_others_have_written(small_project: Table):
    for alive in ([], [small_project.mutants[1]]):
        mutants.write_report(small_project, alive)
    text = mutants.REPORT.read_text(encoding="utf-8")
    assert text.startswith("# Planted faults\n\nHello.\n\n## Another\n\nAs it was.\n\n## A sum\n")
    assert text.count("## A sum") == 1
    assert "1 of 2 planted faults are noticed" in text
    assert "| a times | `sum.py` | twice two is four |" in text


def test_a_text_that_is_not_there_once_is_refused(small_project: Table):
    for old in ("a", "c"):
        with pytest.raises(ValueError, match=r"odd: the text to be replaced must occur once in sum\.py"):
            Mutant("odd", "sum.py", old, "b").plant(mutants.ROOT)


def test_without_a_fault_the_tests_must_pass(small_project: Table):
    (mutants.ROOT / "check.py").write_text("assert False\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"check\.py must pass without any fault first"):
        mutants.hunt(small_project, [], jobs=1)
