"""The files that the browser loads besides Streamlit's own: the stage's modules and Plotly.js from its wheel.

They are served under a path that holds a hash of their contents, so that a browser keeps them for good and
yet never shows an old one. Nothing comes from the internet.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import plotly
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from streamlit import get_option

import mlp
from playground.palette import THEMES

_STAGE = Path(__file__).parent / "stage" / "js"
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_KINDS = {".js": "text/javascript", ".css": "text/css"}
IMPORT = re.compile(r'(\bfrom|\bimport)\s*"\./([\w.-]+\.js)"')
"""Where a module names another beside it"""
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@cache
def _registry() -> str:
    """A JavaScript module made of the engine's registries, so that a new activation is one entry in one file."""
    loop = "(a) => {{ for (let p = 0; p < a.length; p++) {{ const z = a[p]; a[p] = {}; }} }}"
    activations = ",\n".join(
        f"  {json.dumps(a.name)}: {loop.format(a.javascript)}" for a in mlp.ACTIVATIONS.values()
    )
    features = ",\n".join(f"  {json.dumps(f.name)}: (x1, x2) => {f.javascript}" for f in mlp.FEATURES.values())
    palettes = json.dumps({name: asdict(palette) for name, palette in THEMES.items()})
    return (
        'import { erf } from "./erf.js";\n'
        f"export const ACTIVATIONS = {{\n{activations}\n}};\n"
        f"export const FEATURES = {{\n{features}\n}};\n"
        f"export const PALETTES = {palettes};\n"
    )


def _text(name: str) -> str | None:
    if name == "registry.js":
        return _registry()
    path = _STAGE / name
    return path.read_text() if path.suffix in _KINDS and path.parent == _STAGE and path.is_file() else None


def stage_text(name: str) -> str:
    """One of the stage's files, for a page that has no server."""
    text = _text(name)
    if text is None:
        raise FileNotFoundError(f"The stage has no file {name}.")
    return text


def with_imports(names: Iterable[str], text_of: Callable[[str], str], besides: str = "") -> list[str]:
    """Modules, and all that they import, except for what is named in `besides`."""
    found = list(names)
    for name in found:  # grows as it goes
        imported = dict.fromkeys(match[2] for match in IMPORT.finditer(text_of(name)))
        found += [other for other in imported if other not in found and other not in besides]
    return found


def plotly_text() -> str:
    """The whole of Plotly.js, likewise."""
    return _PLOTLY.read_text(encoding="utf-8")


@cache
def stage_hash() -> str:
    """Changes whenever any of the stage's files does."""
    names = sorted(path.name for path in _STAGE.iterdir() if path.suffix in _KINDS)
    return hashlib.sha256("".join(_text(name) or "" for name in [*names, "registry.js"]).encode()).hexdigest()[:16]


def base_path() -> str:
    """What every address on this server begins with."""
    base = str(get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def stage_url() -> str:
    """Where the stage's modules are."""
    return f"{base_path()}/assets/stage/{stage_hash()}"


def plotly_url() -> str:
    """Where Plotly.js is."""
    return f"{base_path()}/assets/plotly/{plotly.__version__}/plotly.min.js"


async def _serve_stage(request: Request) -> Response:
    name = request.path_params["name"]
    text = _text(name)
    if text is None:
        return Response("There is no such file.", status_code=404)
    return Response(text, media_type=_KINDS[Path(name).suffix], headers=_FOREVER)


async def _serve_plotly(request: Request) -> Response:
    return FileResponse(_PLOTLY, media_type="text/javascript", headers=_FOREVER)


ROUTES = [
    Route("/assets/stage/{hash}/{name}", _serve_stage),
    Route("/assets/plotly/{version}/plotly.min.js", _serve_plotly),
]
