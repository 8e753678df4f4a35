"""Plant faults in the code, one at a time, and see whether the tests notice: `python -m scripts.mutants engine`.

Each table of tests/mutants/ lists faults of one part of the project: a file, a piece of its text that occurs there
once, and what is put in its place. Every fault is planted in a temporary copy of the project and the table's tests are
run on it. A fault that they notice is *killed*; one that they do not has *survived*, which is an error unless the table
gives a reason. Each run writes its section of docs/mutants.md anew.

A table holds
    what : a heading for docs/mutants.md.
    run : a command that runs tests, in which {python} is this Python.
    tests : the files and folders of tests that are given to it.
    copy : files and folders that the tests need.
    mutants : list of tables with
        name : the fault in a few words.
        file, old, new : where it is planted, and what.
        tests : the few that should notice it, optional; if they do not, all of the table's are run.
        reason : why the fault may survive, optional.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "tests" / "mutants"
REPORT = ROOT / "docs" / "mutants.md"
SECONDS = 900
"""After this long a test is taken to hang, which is a way to notice a fault."""


@dataclass(frozen=True)
class Mutant:
    """A fault to plant."""

    name: str
    file: str
    old: str
    new: str
    tests: str = ""
    reason: str = ""

    def plant(self, root: Path) -> str:
        """Write the fault into the copy at `root`; hands back the text that was there."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if (n := text.count(self.old)) != 1:
            raise ValueError(f"{self.name}: the text to be replaced must occur once in {self.file}; it does {n} times.")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
        return text


@dataclass(frozen=True)
class Table:
    """The faults of one part of the project."""

    name: str
    what: str
    run: str
    tests: str
    copy: tuple[str, ...]
    mutants: tuple[Mutant, ...]

    @classmethod
    def read(cls, name: str) -> Table:
        """Read tests/mutants/NAME.toml; raises ValueError if a fault cannot be planted."""
        with (TABLES / f"{name}.toml").open("rb") as file:
            words = tomllib.load(file)
        mutants = tuple(Mutant(**mutant) for mutant in words["mutants"])
        table = cls(name, words["what"], words["run"], words["tests"], tuple(words["copy"]), mutants)
        names = [mutant.name for mutant in table.mutants]
        if len(set(names)) < len(names):
            raise ValueError(f"{name}: each fault must have a name of its own.")
        return table

    def copy_to(self, folder: Path) -> None:
        """Make a copy of what the tests need."""
        for name in self.copy:
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
            else:
                shutil.copy(source, target)


def passes(table: Table, tests: str, folder: Path) -> bool:
    """Whether these tests succeed in a copy of the project."""
    words = [sys.executable if word == "{python}" else word for word in shlex.split(f"{table.run} {tests}")]
    # No .pyc files: a fault of the same length, planted in the same second, would not be seen behind them.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def survives(mutant: Mutant, table: Table, folder: Path) -> bool:
    """Whether no test notices the fault. The copy is left as it was."""
    text = mutant.plant(folder)
    try:
        return all(passes(table, tests, folder) for tests in (mutant.tests, table.tests) if tests)
    finally:
        (folder / mutant.file).write_text(text, encoding="utf-8")


def hunt(table: Table, mutants: list[Mutant], jobs: int) -> list[Mutant]:
    """Try all these faults, some at a time; those that survive."""
    with tempfile.TemporaryDirectory() as temporary:
        folders: SimpleQueue[Path] = SimpleQueue()
        for k in range(jobs):
            folder = Path(temporary) / str(k)
            table.copy_to(folder)
            folders.put(folder)

        def try_one(mutant: Mutant) -> bool:
            folder = folders.get()
            try:
                survived = survives(mutant, table, folder)
            finally:
                folders.put(folder)
            print(f"{'SURVIVED' if survived else 'killed  '}  {mutant.file}: {mutant.name}", flush=True)
            return survived

        clean = folders.get()
        if not passes(table, table.tests, clean):
            raise SystemExit(f"{table.tests} must pass without any fault first.")
        folders.put(clean)
        with ThreadPoolExecutor(jobs) as pool:
            survived = list(pool.map(try_one, mutants))
    return [mutant for mutant, alive in zip(mutants, survived, strict=True) if alive]


def section(table: Table, alive: list[Mutant]) -> str:
    """What docs/mutants.md says of one table."""
    n = len(table.mutants)
    lines = [f"## {table.what}", "", f"{n - len(alive)} of {n} planted faults are noticed by the tests."]
    if alive:
        lines += ["", "| survivor | file | why it may |", "|---|---|---|"]
        lines += [f"| {m.name} | `{m.file}` | {m.reason or '**no reason: a test is missing**'} |" for m in alive]
    return "\n".join(lines) + "\n"


def write_report(table: Table, alive: list[Mutant]) -> None:
    """Put the section of this table into docs/mutants.md, in the place of the one before."""
    head, *sections = REPORT.read_text(encoding="utf-8").split("\n## ")
    kept = {part.splitlines()[0]: f"## {part.rstrip()}\n" for part in sections}
    kept[table.what] = section(table, alive)
    REPORT.write_text("\n".join([head.rstrip() + "\n", *kept.values()]), encoding="utf-8")


def main() -> None:
    """Hunt in the tables named on the command line, or in all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = sorted(path.stem for path in TABLES.glob("*.toml"))
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(known)}; all if none is named")
    parser.add_argument("--only", default="", help="only faults with this in their name or file; writes no report")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    options = parser.parse_args()
    unexpected = []
    for name in options.tables or known:
        table = Table.read(name)
        mutants = [m for m in table.mutants if options.only in f"{m.file} {m.name}"]
        alive = hunt(table, mutants, options.jobs)
        print(f"{table.what}: {len(mutants) - len(alive)} of {len(mutants)} killed\n")
        if not options.only:
            write_report(table, alive)
        unexpected += [m.name for m in alive if not m.reason]
    if unexpected:
        sys.exit("Survived without a reason: " + "; ".join(unexpected))


if __name__ == "__main__":
    main()
