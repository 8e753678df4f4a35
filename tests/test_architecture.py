"""The shape of the house, kept by reading the source: who may import whom, and what stays in one place.

Every rule is a row of a table: where it holds, what it forbids, and a planted piece of source that breaks it,
so that no rule can quietly stop finding anything.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODERN_RANDOM = {"Generator", "default_rng", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "Philox", "SFC64"}

Finder = Callable[[str], Iterator[str]]


def imports(source: str) -> Iterator[str]:
    """Give the full dotted name of all that is imported, at whatever depth; relative ones begin with a dot."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_other_than(*allowed: str) -> Finder:
    """Find imports of anything but the standard library, the package's own (relative) modules and those allowed."""
    known = {*allowed, *sys.stdlib_module_names, ""}
    return lambda source: (name for name in imports(source) if name.split(".")[0] not in known)


def imports_of(*forbidden: str) -> Finder:
    """Find imports of these modules and of all that is in them."""
    return lambda source: (name for name in imports(source) if f"{name}.".startswith(tuple(f"{f}." for f in forbidden)))


def names(source: str) -> Iterator[str]:
    """Give every dotted name that is used, from longest to shortest: `np.random.seed`, `np.random`, `np`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute):
            yield ast.unparse(node)


def session_state(source: str) -> Iterator[str]:
    """Find Streamlit's session state, by whichever name."""
    found = (*names(source), *imports(source))
    return (name for name in found if name.split(".")[-1] == "session_state")


def hidden_dice(source: str) -> Iterator[str]:
    """Find random numbers from a generator that nobody handed in."""
    yield from imports_of("random")(source)
    for name in (*names(source), *imports(source)):
        if (match := re.search(r"\b(?:np|numpy)\.random\.(\w+)$", name)) and match[1] not in MODERN_RANDOM:
            yield name
    yield from (name for name in calls(source) if name.endswith("default_rng()"))


def calls(source: str) -> Iterator[str]:
    """Give every call as it is written, without its arguments unless there are none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func) + ("(...)" if node.args or node.keywords else "()")


def unknown_encoding(source: str) -> Iterator[str]:
    """Find text files that are read or written as the machine likes: Windows and LC_ALL=C do not like UTF-8."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or any(k.arg == "encoding" for k in node.keywords):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [a.value for a in (*node.args, *(k.value for k in node.keywords)) if isinstance(a, ast.Constant)]
        binary = any(isinstance(word, str) and re.fullmatch("[rwax]?b[+]?|[rwax][+]?b", word) for word in words)
        if name in ("read_text", "write_text") or (name == "open" and not binary):
            yield ast.unparse(node)


def prints(source: str) -> Iterator[str]:
    """Find calls of print."""
    return (name for name in calls(source) if name.startswith("print("))


def figures_in_a_page(source: str) -> Iterator[str]:
    """Find Plotly, under its own name or its customary one."""
    yield from imports_of("plotly")(source)
    yield from (name for name in names(source) if name.startswith("go."))


def too_long(source: str) -> Iterator[str]:
    """Find a page, or a function of one, that has grown beyond what is read at a glance."""
    if (n := len(source.splitlines())) >= 250:
        yield f"{n} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and (n := (node.end_lineno or 0) - node.lineno + 1) > 40:
            yield f"{node.name}: {n} lines"


def markup_from_strings(source: str) -> Iterator[str]:
    """Find text that the browser would read as HTML."""
    pattern = r"\.(?:innerHTML|outerHTML)|insertAdjacentHTML|document\.write|createContextualFragment"
    return (match[0] for match in re.finditer(pattern, source))


def other_hosts(source: str) -> Iterator[str]:
    """Find code that loads from the internet; an address in a comment or a namespace is no harm."""
    pattern = r"(?:import\s*\(?|from|fetch\(|src\s*[=:]|url\()\s*[\"'`]?(?:https?:)?//[^\"'`\s]+"
    return (match[0] for match in re.finditer(pattern, source))


FLOORS = ("tables", "run", "figures", "inside", "health", "geometry", "web", "export", "scenes", "app")
"""The folders of playground/, from the ground up: each imports only from itself and from those before it"""


def floor_of(name: str) -> int:
    """On which floor a module is, by its dotted name; one that lies in none of the folders may import all of them."""
    part = name.removeprefix("playground.").split(".")[0]
    return FLOORS.index(part) if part in FLOORS else len(FLOORS)


def imports_from_above(floor: str) -> Finder:
    """Find imports of floors that lie above this one."""
    return lambda source: (
        name for name in imports(source) if name.startswith("playground.") and floor_of(name) > FLOORS.index(floor)
    )


@dataclass(frozen=True)
class Rule:
    """What some files may not hold, and why."""

    name: str
    files: tuple[str, ...]
    find: Finder
    planted: tuple[str, ...]
    exempt: tuple[str, ...] = ()

    def paths(self) -> list[Path]:
        """List the files that the rule is for."""
        exempt = {ROOT / name for name in self.exempt}
        return [path for pattern in self.files for path in sorted(ROOT.glob(pattern)) if path not in exempt]


ENGINE, PLAYGROUND, PAGES = "mlp/**/*.py", "playground/**/*.py", "pages/*.py"
RULES = (
    Rule(
        "the engine is NumPy and the standard library",
        (ENGINE,),
        imports_other_than("numpy", "mlp"),
        ("import streamlit", "from playground import link", "def f():\n    import scipy.special", "import pages"),
    ),
    Rule(
        "the playground knows no page",
        (PLAYGROUND,),
        imports_of("pages", "app"),
        ("import app", "from pages import gradients", "from pages.gradients import show"),
    ),
    Rule(
        "only app/ and the pages know Streamlit",
        ("playground/*.py", *(f"playground/{floor}/**/*.py" for floor in FLOORS if floor != "app")),
        imports_of("streamlit", "playground.app"),
        ("import streamlit as st", "from streamlit import session_state", "from playground.app import session"),
    ),
    Rule(
        "a page and the app hold no sums: they import Streamlit, pandas for its tables, the playground and the engine",
        (PAGES, "app.py"),
        imports_other_than("streamlit", "pandas", "playground", "mlp"),
        ("import numpy as np", "from plotly import graph_objects"),
    ),
    Rule(
        "one module knows the session's keys",
        (PLAYGROUND, PAGES, "app.py"),
        session_state,
        ("st.session_state['a'] = 1", "from streamlit import session_state as s", "streamlit.session_state.a"),
        exempt=("playground/app/session.py",),
    ),
    Rule(
        "a page says what is on it, in functions of a screen each",
        (PAGES,),
        too_long,
        ("x = 1\n" * 250, "def f():\n" + "    x = 1\n" * 40),
    ),
    Rule(
        "a page builds no figure",
        (PAGES,),
        figures_in_a_page,
        ("go.Figure()", "import plotly.graph_objects as go", "from plotly import graph_objects"),
    ),
    Rule(
        "the engine has no hidden dice",
        (ENGINE,),
        hidden_dice,
        (
            "np.random.seed(0)",
            "x = numpy.random.randn(3)",
            "from numpy.random import rand",
            "import random",
            "rng = np.random.default_rng()",
        ),
    ),
    Rule(
        "a text file is opened with its encoding",
        ("*.py", *(f"{folder}/**/*.py" for folder in ("mlp", "playground", "pages", "tests", "scripts", "benchmarks"))),
        unknown_encoding,
        ("path.read_text()", "path.write_text(x)", "open(name)", "path.open('w')", "open(name, mode='r')"),
    ),
    Rule(
        "no module prints",
        (ENGINE, PLAYGROUND, PAGES, "app.py"),
        prints,
        ("print()", "def f():\n    print('here')"),
    ),
    Rule(
        "text reaches the page as text",
        ("playground/**/*.js",),
        markup_from_strings,
        ("box.innerHTML = name;", "box.insertAdjacentHTML('beforeend', name)"),
    ),
    Rule(
        "nothing is loaded from the internet",
        ("playground/**/*.js", "playground/**/*.css"),
        other_hosts,
        ('import Plotly from "https://cdn.plot.ly/plotly.js"', "fetch('//example.com/x')", "url(https://a.b/font)"),
    ),
)


RULES += tuple(
    Rule(
        f"playground/{floor} imports nothing from the floors above it",
        (f"playground/{floor}/**/*.py",),
        imports_from_above(floor),
        (f"from playground.{FLOORS[k + 1]} import x", f"def f():\n    import playground.{FLOORS[-1]}.x"),
    )
    for k, floor in enumerate(FLOORS[:-1])
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_holds(rule: Rule):
    paths = rule.paths()
    assert paths, f"no file matches {rule.files}, so the rule guards nothing"
    found = [
        f"{path.relative_to(ROOT)}: {what}" for path in paths for what in rule.find(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"{rule.name}, but:\n" + "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_finds_what_is_planted(rule: Rule):
    for source in rule.planted:
        assert list(rule.find(source)), f"overlooks {source!r}"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (
            "the engine is NumPy and the standard library",
            "from __future__ import annotations\nimport math\nimport numpy as np\nfrom .plan import Plan",
        ),
        ("the playground knows no page", "from playground import application\nimport apparatus"),
        (
            "the engine has no hidden dice",
            "rng = np.random.default_rng(seed)\ndef f(rng: np.random.Generator): return rng.random(3)",
        ),
        ("no module prints", "blueprint(1)\npprint.pformat(2)"),
        ("text reaches the page as text", "box.textContent = name;  // never innerHTML"),
        (
            "nothing is loaded from the internet",
            'import { h } from "./dom.js";\nconst svg = "http://www.w3.org/2000/svg";',
        ),
        (
            "a text file is opened with its encoding",
            "path.read_text(encoding='utf-8'); path.open('rb'); gzip.open(p, 'wb')",
        ),
    ],
    ids=lambda x: x if len(x) < 60 else "",
)
def test_rule_leaves_the_innocent_alone(name: str, source: str):
    rule = next(rule for rule in RULES if rule.name == name)
    assert list(rule.find(source)) == []


def circles(sources: dict[str, str]) -> list[str]:
    """Find modules that import each other, directly or by way of others, at whatever depth: {name: source}."""
    arrows = {
        name: {
            target
            for found in imports(source)
            for whole in [_absolute(name, found)]
            for target in (whole, whole.rpartition(".")[0])
            if target in sources and target != name
        }
        for name, source in sources.items()
    }
    while leaves := {name for name, targets in arrows.items() if not targets & arrows.keys()}:
        arrows = {name: targets for name, targets in arrows.items() if name not in leaves}
    return sorted(arrows)


def _absolute(module: str, found: str) -> str:
    level = len(found) - len(found.lstrip("."))
    return ".".join([*module.split(".")[:-level], found.lstrip(".")]) if level else found


@pytest.mark.parametrize("package", ["mlp", "playground"])
def test_no_modules_import_each_other(package: str):
    files = [path for path in (ROOT / package).rglob("*.py") if path.name != "__init__.py"]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    found = circles({name: path.read_text(encoding="utf-8") for name, path in zip(names, files, strict=True)})
    assert not found, f"these import each other, or a circle: {', '.join(found)}"


def test_a_planted_circle_is_found():
    a, b, c = "from .b import x", "def f():\n    from p import c", "import p.a"
    assert circles({"p.a": a, "p.b": b, "p.c": c, "p.d": "import p.a"}) == ["p.a", "p.b", "p.c", "p.d"]
    assert circles({"p.a": a, "p.b": b, "p.c": "import os"}) == []


@pytest.mark.parametrize(
    ("package", "stranger"),
    [
        ("mlp", "streamlit"),
        ("mlp", "plotly"),
        ("mlp", "pandas"),
        ("playground.run.runs", "streamlit"),
        ("playground.tables.examples", "streamlit"),
        ("playground.figures", "streamlit"),
        ("playground.web.reply", "streamlit"),
        ("playground.export", "streamlit"),
    ],
)
def test_importing_one_brings_no_other_along(package: str, stranger: str):
    """The imports of the imports count too; only a fresh interpreter can tell."""
    code = f"import sys, {package}; sys.exit({stranger!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"`import {package}` imports {stranger}"
