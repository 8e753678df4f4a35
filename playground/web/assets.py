"""The files that the browser loads besides Streamlit's own: the modules of js/ and Plotly.js from its wheel.

They are served under a path that holds a hash of their contents, so that a browser keeps them for good and
yet never shows an old one. Nothing comes from the internet. Addresses are relative: the server need not know under
which path a proxy serves it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import plotly
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

import mlp
from playground.figures.palette import STRONG, THEMES
from playground.figures.scale import ROOT, TYPE
from playground.run.glossary import glossary
from playground.web import look

_MODULES = Path(__file__).parent / "js"
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_KINDS = {".js": "text/javascript", ".css": "text/css"}
IMPORT = re.compile(r'(\bfrom|\bimport)\s*"(\.\.?/[\w./-]+\.js)"')
"""Where a module names another"""
REGISTRY = "shared/registry.js"
"""The module that is made of what Python knows. The server reads no such file: it is written, by
`python -m playground.web.assets`, only for Node and for the checkers that read the modules"""
NOSNIFF = {"X-Content-Type-Options": "nosniff"}
_FOREVER = "public, max-age=31536000, immutable"


@cache
def registry() -> str:
    """A JavaScript module made of the engine's registries, colours, type sizes and the glossary, each written once."""
    activations = ",\n".join(f"  {json.dumps(a.name)}: {_in_place(a.javascript)}" for a in mlp.ACTIVATIONS.values())
    features = ",\n".join(f"  {json.dumps(f.name)}: (x1, x2) => {f.javascript}" for f in mlp.FEATURES.values())
    palettes = json.dumps({name: asdict(palette) for name, palette in THEMES.items()})
    return (
        'import { erf } from "./erf.js";\n'
        f"export const ACTIVATIONS = {{\n{activations}\n}};\n"
        f"export const FEATURES = {{\n{features}\n}};\n"
        f"export const PALETTES = {palettes};\n"
        f"export const STRONG = {json.dumps(STRONG)};\n"
        f"export const TYPE = {json.dumps({name: step.size for name, step in TYPE.items()})};\n"
        f"export const ROOT = {ROOT};\n"
        f"export const MAGNIFIED = {json.dumps(look.magnified())};\n"
        f"export const GLOSSARY = {json.dumps(glossary(), ensure_ascii=False)};\n"
    )


def _in_place(javascript: str) -> str:
    """A function of an array `a` that bends its numbers in place, with the activation's settings."""
    formula = re.sub(r"{self\.(\w+)}", r"settings.\1", javascript)
    return f"(a, settings) => {{ for (let p = 0; p < a.length; p++) {{ const z = a[p]; a[p] = {formula}; }} }}"


@cache
def names() -> tuple[str, ...]:
    """All that is served, as FOLDER/NAME."""
    kept = [path for path in _MODULES.rglob("*") if path.suffix in _KINDS]
    return tuple(sorted({REGISTRY, *(path.relative_to(_MODULES).as_posix() for path in kept)}))


def text_of(name: str) -> str:
    """One of the files, as FOLDER/NAME; FileNotFoundError for any other."""
    if name == REGISTRY:
        return registry()
    if name not in names():
        raise FileNotFoundError(f"There is no such file: {name[:80]}.")
    return (_MODULES / name).read_text(encoding="utf-8")


def imported(name: str, text: str) -> list[str]:
    """The modules that a module names, each as FOLDER/NAME."""
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2])) for match in IMPORT.finditer(text)]


def with_imports(names: Iterable[str], text_of: Callable[[str], str], besides: str = "") -> list[str]:
    """Modules, and all that they import, except for what is named in `besides`."""
    found = list(names)
    for name in found:  # grows as it goes
        others = dict.fromkeys(imported(name, text_of(name)))
        found += [other for other in others if other not in found and other not in besides]
    return found


def plotly_text() -> str:
    """The whole of Plotly.js."""
    return _PLOTLY.read_text(encoding="utf-8")


@cache
def modules_hash() -> str:
    """Changes whenever any of the files does."""
    return hashlib.sha256("".join(text_of(name) for name in names()).encode()).hexdigest()[:16]


def modules_address() -> str:
    """Where the modules are, from the server's root."""
    return f"assets/js/{modules_hash()}"


def from_modules(address: str) -> str:
    """An address of ours from the folder of the module that asks there."""
    return f"../../../../{address}"


def plotly_address() -> str:
    """Where Plotly.js is, from the folder of the module that loads it."""
    return f"../../../plotly/{plotly.__version__}/plotly.min.js"


@dataclass(frozen=True)
class Served:
    """A text as it is sent: plain or compressed, and the tag by which a browser knows that it has it.

    kept : for how long a browser may show it without asking, as a Cache-Control header says it
    """

    plain: bytes
    zipped: bytes
    kind: str
    tag: str
    kept: str

    def answer(self, request: Request) -> Response:
        """The text, or 304 to a browser that has it."""
        zips = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{self.tag}{"-gzip" if zips else ""}"'
        headers = {"Cache-Control": self.kept, "ETag": tag, "Vary": "Accept-Encoding", **NOSNIFF}
        known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
        if tag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        if zips:
            headers["Content-Encoding"] = "gzip"
        return Response(self.zipped if zips else self.plain, media_type=self.kind, headers=headers)


def served(raw: bytes, kind: str, kept: str = _FOREVER) -> Served:
    """A text, compressed."""
    return Served(raw, gzip.compress(raw, 6, mtime=0), kind, hashlib.sha256(raw).hexdigest()[:16], kept)


@cache
def _modules() -> dict[str, Served]:
    """All modules, compressed once."""
    return {name: served(text_of(name).encode(), _KINDS[Path(name).suffix]) for name in names()}


@cache
def _plotly() -> Served:
    return served(_PLOTLY.read_bytes(), "text/javascript")


async def _missing(_: Request) -> Response:
    return PlainTextResponse("There is no such file.", 404, NOSNIFF)


async def _serve_module(request: Request) -> Response:
    """A module of this version; one of another would be kept by the browser under the wrong hash."""
    found = _modules().get(request.path_params["name"])
    if found is None or request.path_params["hash"] != modules_hash():
        return await _missing(request)
    return found.answer(request)


async def _serve_plotly(request: Request) -> Response:
    if request.path_params["version"] != plotly.__version__:
        return await _missing(request)
    return (await to_thread.run_sync(_plotly)).answer(request)  # the first time takes a tenth of a second


def routes(prefix: str = "") -> list[Route]:
    """What the server answers besides Streamlit's pages; `prefix` is "" or begins with a slash."""
    return [
        Route(f"{prefix}/assets/js/{{hash}}/{{name:path}}", _serve_module),
        Route(f"{prefix}/assets/plotly/{{version}}/plotly.min.js", _serve_plotly),
        Route(f"{prefix}/assets/{{name:path}}", _missing),  # not a page, which Streamlit would make of it
    ]


if __name__ == "__main__":
    (_MODULES / REGISTRY).write_text(registry(), encoding="utf-8")
