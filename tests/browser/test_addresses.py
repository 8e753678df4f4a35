"""The app at any address: behind Debian's nginx, at the root and below a path that the server was not told of, and
below one that it was. nginx has its default buffers, so that too long a header is a 502 here as anywhere.
Its configurations are those of docs/hosting.md."""

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from playground.run.config import Config
from playground.run.experiment import Experiment
from scripts.programs import find
from tests.browser.harness import Server, free_port, guarded_page, serve, settle, visit
from tests.browser.stage import press, recorded, wait_for
from tests.browser.test_connection import LOST, PLAY_ON

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {http}
  server {{ listen 127.0.0.1:{port}; {locations} }}
}}
"""
SHELL = "location / { default_type text/html; return 200 '<!doctype html><title>Shell</title>'; }"
DOCS = Path(__file__).parents[2] / "docs" / "hosting.md"
DOCUMENTED = dict(
    re.findall(r"^```nginx (\w+)\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
)
PORT_8501 = "http://127.0.0.1:8501"
PREFIX = "/~/+/"
PAGES = ("", "health", "inside?step=50", "?embed=true")


@pytest.fixture(scope="module")
def based() -> Iterator[Server]:
    """The app below a path that it was told of."""
    with serve(base="play") as running:
        yield running


@pytest.fixture(scope="module")
def nginx(server: Server, based: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Debian's nginx before the two servers: addresses of the app, by how it is reached."""
    root = DOCUMENTED["root"].replace(PORT_8501, server.url)
    below = DOCUMENTED["below"].replace(PORT_8501, server.url).replace("/play/", PREFIX) + SHELL
    told = DOCUMENTED["told"].replace(PORT_8501, based.url) + SHELL
    found = {"told without nginx": f"{based.url}/play/"}
    running = []
    for name, (locations, path) in {
        "at the root": (root, "/"),
        "below": (below, PREFIX),
        "told": (told, "/play/"),
    }.items():
        folder, port = tmp_path_factory.mktemp("nginx"), free_port()
        config = NGINX.format(folder=folder, port=port, locations=locations, http=DOCUMENTED["http"])
        running.append(start_nginx(config, folder, port))
        found[name] = f"http://127.0.0.1:{port}{path}"
    yield found
    for process in running:
        stop(process)


def start_nginx(config: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / "nginx.conf").write_text(config, encoding="utf-8")
    process = subprocess.Popen([find("nginx"), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            break
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.05)
    else:
        raise TimeoutError((folder / "error.log").read_text(encoding="utf-8"))
    return process


@pytest.mark.parametrize("name", ["at the root", "below", "told", "told without nginx"])
def test_every_page_stands_and_answers_at_this_address(browser: Browser, server, based, nginx, name: str):
    home = server if name in ("at the root", "below") else based
    origin = "/".join(nginx[name].split("/")[:3])
    # Streamlit's client asks for its server at several addresses, and the shell's are none of them.
    with guarded_page(browser, replace(home, url=origin), tolerate=r"_stcore/(health|host-config)") as (page, _):
        for path in PAGES:
            page.goto(nginx[name] + path)
            settle(page)
            page.wait_for_selector(".stage .js-plotly-plot")
            page.evaluate("() => __player.pause()")
            before = page.evaluate("() => __player.step")
            press(page, "Step")
            wait_for(page, f"p.step === {before + 1}")


@pytest.mark.parametrize("name", ["below", "told"])
def test_the_link_and_the_qr_code_of_a_class_lead_to_it_below_a_path(browser: Browser, server, based, nginx, name: str):
    home = replace(server if name == "below" else based, url="/".join(nginx[name].split("/")[:3]))
    with guarded_page(browser, home, tolerate=r"_stcore/(health|host-config)") as (page, _):
        page.goto(nginx[name] + "lessons?desk=class")
        page.get_by_role("button", name="Open a class").click()
        code = page.locator("h3", has_text="Class ").inner_text().removeprefix("Class ").strip()
        link = f"{nginx[name]}lessons?room={code}"
        assert page.get_by_role("img", name="QR code").get_attribute("alt") == f"QR code of {link}"
        expect(page.get_by_text(link, exact=True)).to_be_visible()
        page.goto(link)
        expect(page.get_by_text(f"You are in class {code}")).to_be_visible()


def test_a_page_goes_on_at_another_process_when_its_own_is_killed(browser: Browser, tmp_path: Path):
    with ExitStack() as stack:
        servers = [stack.enter_context(serve()) for _ in range(2)]
        several = DOCUMENTED["several"]
        for port, server in zip(("8501", "8502"), servers, strict=True):
            several = several.replace(f":{port} ", f":{server.port} ")
        port = free_port()
        location = DOCUMENTED["root"].replace(PORT_8501, "http://playground")
        config = NGINX.format(folder=tmp_path, port=port, locations=location, http=DOCUMENTED["http"] + several)
        stack.callback(stop, start_nginx(config, tmp_path, port))
        origin = f"http://127.0.0.1:{port}"
        away = rf"{LOST}|status of 50[24]"
        page, _ = stack.enter_context(guarded_page(browser, replace(servers[0], url=origin), tolerate=away))
        visit(page, "/?hidden=4,3&dataset=circles")
        page.evaluate(PLAY_ON)
        wait_for(page, "p.epoch > 220")
        run = page.evaluate("() => __player.run.header.run")
        (own,) = (server for server in servers if knows(server, run))
        page.evaluate("() => { window.seen = []; __player.watchers.add(() => seen.push(__player.step)); }")
        os.kill(own.pid, signal.SIGKILL)
        stood = page.evaluate("() => __player.run.last")
        wait_for(page, f"p.step > {stood} + 2500 && p.state === 'playing'", timeout=60_000)
        (other,) = (server for server in servers if server is not own)
        assert knows(other, run)
        seen, rows = page.evaluate("() => [seen, __player.run.rows.map((row) => Array.from(row))]")
        assert seen == sorted(seen), "it never goes back"
        assert page.evaluate("() => [...__player.runs.keys()]") == [run]
        alone = recorded(Experiment(Config(dataset="circles", hidden_layer_sizes=(4, 3))), len(rows) - 1)
        np.testing.assert_array_equal(np.array(rows, dtype=np.float32), alone.rows(-1)[: len(rows)])


def knows(server: Server, run: str) -> bool:
    """Whether somebody has had this run made on a server that lives."""
    return httpx2.post(f"{server.url}/ask", json={"run": run, "have": 0}).status_code == 200


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(10)
