"""The gallery of talks: its page names every talk, shows the engine's own picture, and points at its file."""

import base64
import re
from functools import partial
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import ImageFile

from playground.__main__ import main
from playground.export.colours import ground
from playground.export.cover import GRID, cover
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.run.surface import answers, colour_scale, grid
from playground.scenes.gallery import file_names
from playground.scenes.recorded import new_studio
from playground.scenes.talk import read_talk

ONE = """---
title: A < B & C
minutes: 2
---

# A

<!-- run: ?dataset=moons&samples=60&hidden=3
play: 0..20 in 1s -->
"""
WORDS = "# Only words\n"


def test_every_talk_is_there_with_its_picture_its_length_and_its_file(tmp_path, capsys):
    for folder, name, text in (("a", "one", ONE), ("b", "one", WORDS), ("b", "index", WORDS)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.md").write_text(text, encoding="utf-8")
    site = tmp_path / "site"
    talks = [str(tmp_path / path) for path in ("a/one.md", "b/one.md", "b/index.md")]
    assert main(["talk", "gallery", *talks, "-o", str(site)]) == 0
    page = (site / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', page)
    assert links == [
        ("one.html", "A &lt; B &amp; C"), ("one-2.html", "Only words"), ("index-2.html", "Only words"),
    ]  # fmt: skip
    assert all((site / name).read_bytes().startswith(b"<!doctype html>") for name, _ in links)
    assert len(re.findall("<svg", page)) == 1
    assert "2 minutes, 1 scene, 0." in page
    assert not re.search(r"https?://(?!www\.w3\.org)|<script|src=", page), "nothing is loaded from elsewhere"
    assert capsys.readouterr().err == ""


def test_many_talks_are_recorded_whole_however_little_room_there_is(tmp_path, monkeypatch):
    pages = []
    for most_bytes in (None, 1):
        if most_bytes:
            monkeypatch.setattr("playground.scenes.recorded.Runs", partial(Runs, most_bytes))
        for dataset in ("moons", "circles"):
            (tmp_path / f"{dataset}.md").write_text(ONE.replace("moons", dataset), encoding="utf-8")
        talks = [str(tmp_path / f"{dataset}.md") for dataset in ("moons", "circles")]
        assert main(["talk", "gallery", *talks, "-o", str(tmp_path / "site")]) == 0
        pages.append((tmp_path / "site" / "index.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]


def test_a_talk_with_a_fault_is_named_and_nothing_is_written(tmp_path, capsys):
    bad = tmp_path / "bad.md"
    bad.write_text("# A\n\n<!-- run: ?lr=nan -->\n", encoding="utf-8")
    assert main(["talk", "gallery", "depth", str(bad), "-o", str(tmp_path / "site")]) == 1
    assert f"{bad}: Line 3: Learning rate must be between" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_names_of_files_never_meet():
    assert file_names(["Talk", "talk", "..", "a b/c", "index"]) == [
        "Talk.html", "talk-2.html", "talk-3.html", "a-b-c.html", "index-2.html",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query", ["?dataset=moons&samples=60&hidden=3", "?dataset=blobs&classes=3&samples=60&hidden=3"]
)
def test_the_picture_is_the_engines(query):
    studio = new_studio()
    (experiment,) = read_talk(f"# A\n<!-- run: {query} -->")[0].runs
    run = studio.run_of(experiment)
    run.record_to(15, 60)
    svg = ET.fromstring(cover(experiment, run, 15, "words"))
    name = "{http://www.w3.org/2000/svg}"
    (image,) = svg.iter(f"{name}image")
    parser = ImageFile.Parser()
    parser.feed(base64.b64decode(image.attrib["href"].partition(",")[2]))
    pixels = np.asarray(parser.close())
    points, _ = make_data(experiment)
    net = run.trainer.net.copy()
    net.parameters[...] = run.recording.parameters[15]
    _, inputs = grid(experiment, points, GRID)
    own = ground(answers(net, inputs), colour_scale(net, points)).reshape(GRID, GRID, 3)
    np.testing.assert_array_equal(pixels, own[::-1])
    assert len(list(svg.iter(f"{name}circle"))) == len(points.x_train)


def test_a_curve_over_the_only_input_is_a_line():
    studio = new_studio()
    (experiment,) = read_talk("# A\n<!-- run: ?dataset=sine&samples=60&hidden=3 -->")[0].runs
    assert isinstance(experiment, Experiment)
    run = studio.run_of(experiment)
    run.record_to(5, 60)
    assert "<polyline" in cover(experiment, run, 5, "words")
