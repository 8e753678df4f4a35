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


def prints(source: str) -> Iterator[str]:
    """Find calls of print."""
    return (name for name in calls(source) if name.startswith("print("))


def figures_in_a_page(source: str) -> Iterator[str]:
    """Find Plotly, under its own name or its customary one."""
    yield from imports_of("plotly")(source)
    yield from (name for name in names(source) if name.startswith("go."))


def too_long(source: str) -> Iterator[str]:
    """Find out whether a page has grown beyond a table of contents."""
    if (n := len(source.splitlines())) >= 60:
        yield f"{n} lines"


def markup_from_strings(source: str) -> Iterator[str]:
    """Find text that the browser would read as HTML."""
    pattern = r"\.(?:innerHTML|outerHTML)|insertAdjacentHTML|document\.write|createContextualFragment"
    return (match[0] for match in re.finditer(pattern, source))


def other_hosts(source: str) -> Iterator[str]:
    """Find code that loads from the internet; an address in a comment or a namespace is no harm."""
    pattern = r"(?:import\s*\(?|from|fetch\(|src\s*[=:]|url\()\s*[\"'`]?(?:https?:)?//[^\"'`\s]+"
    return (match[0] for match in re.finditer(pattern, source))


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
        "figures know no Streamlit",
        ("playground/figures/**/*.py",),
        imports_of("streamlit", "playground.session", "playground.stage"),
        ("import streamlit as st", "from streamlit import session_state", "from playground import session"),
    ),
    Rule(
        "a page and the app hold no sums: they import Streamlit, the playground and the engine",
        (PAGES, "app.py"),
        imports_other_than("streamlit", "playground", "mlp"),
        ("import numpy as np", "from plotly import graph_objects"),
    ),
    Rule(
        "one module knows the session's keys",
        (PLAYGROUND, PAGES, "app.py"),
        session_state,
        ("st.session_state['a'] = 1", "from streamlit import session_state as s", "streamlit.session_state.a"),
        exempt=("playground/session.py",),
    ),
    Rule(
        "a page is a table of contents",
        (PAGES,),
        too_long,
        ("x = 1\n" * 60,),
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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_holds(rule: Rule):
    paths = rule.paths()
    assert paths, f"no file matches {rule.files}, so the rule guards nothing"
    found = [f"{path.relative_to(ROOT)}: {what}" for path in paths for what in rule.find(path.read_text())]
    assert not found, f"{rule.name}, but:\n" + "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_finds_what_is_planted(rule: Rule):
    for source in rule.planted:
        assert list(rule.find(source)), f"overlooks {source!r}"


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (RULES[0], "from __future__ import annotations\nimport math\nimport numpy as np\nfrom .plan import Plan"),
        (RULES[1], "from playground import application\nimport apparatus"),
        (RULES[7], "rng = np.random.default_rng(seed)\ndef f(rng: np.random.Generator): return rng.random(3)"),
        (RULES[8], "blueprint(1)\npprint.pformat(2)"),
        (RULES[9], "box.textContent = name;  // never innerHTML"),
        (RULES[10], 'import { h } from "./dom.js";\nconst svg = "http://www.w3.org/2000/svg";'),
    ],
    ids=lambda x: getattr(x, "name", None),
)
def test_rule_leaves_the_innocent_alone(rule: Rule, source: str):
    assert list(rule.find(source)) == []


@pytest.mark.parametrize(
    ("package", "stranger"),
    [("mlp", "streamlit"), ("mlp", "plotly"), ("mlp", "pandas"), ("playground.figures", "streamlit")],
)
def test_importing_one_brings_no_other_along(package: str, stranger: str):
    """The imports of the imports count too; only a fresh interpreter can tell."""
    code = f"import sys, {package}; sys.exit({stranger!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"`import {package}` imports {stranger}"
