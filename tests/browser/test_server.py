"""What the server sends with a page, seen by a browser."""

from __future__ import annotations

import re
import urllib.request
from urllib.parse import urljoin, urlsplit

from playground.app.server import ELEMENTS
from playground.web.assets import modules_address, text_of
from tests.browser.harness import serve, visit


def test_every_hint_of_a_page_leads_to_a_file_and_the_browser_takes_it(page):
    head = page.request.get("/").text().partition("</head>")[0]
    hinted = re.findall(r'<link rel="(?:modulepreload|preload)"(?: as="style")? href="([^"]+)">', head)
    for element in ELEMENTS:
        assert any(f"/{element}." in path for path in hinted), element
    answers = {}
    page.on("response", lambda response: answers.setdefault(urlsplit(response.url).path, []).append(response.status))
    visit(page, "/")
    paths = [urlsplit(urljoin(page.url, address)).path for address in hinted]
    assert {path: answers.get(path) for path in paths} == {path: [200] for path in paths}


def test_a_machine_that_does_not_speak_utf_8_serves_the_same(monkeypatch):
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    with serve() as server:
        assert "<title>" in read(f"{server.url}/")
        assert read(f"{server.url}/{modules_address()}/inside/inside.js") == text_of("inside/inside.js")


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()
