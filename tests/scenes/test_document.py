"""Files of scenes: read as they are meant, with every fault named by its line, and written as they were read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.scenes.document import Command, Document, Part, read, unknown, write

TALK = """---
title: "Why depth helps"
theme: dark
---
# A line is not enough
<!-- run: ?dataset=xor&hidden=none&then=5@lr:0.1;9@lr:1 ; play: 0..100 in 6s -->
Which accuracy can **one** neuron reach?
<!-- Wait for hands: it
takes a while. -->

---
# Code
```
---
<!-- run: no -->
```
<!--
run: same ; hide: settings, weights
point: neuron 1.2 "this one cuts here"
-->
"""


def test_a_file_is_taken_apart_with_the_line_of_everything():
    document, problems = read(TALK)
    assert not problems
    assert (document.setting("title"), document.setting("theme"), document.setting("x", "-")) == (
        "Why depth helps",
        "dark",
        "-",
    )
    first, second = document.parts
    assert first == Part(
        "# A line is not enough\n\nWhich accuracy can **one** neuron reach?",
        (
            Command("run", "?dataset=xor&hidden=none&then=5@lr:0.1;9@lr:1", 6),
            Command("play", "0..100 in 6s", 6),
            Command("note", "Wait for hands: it\ntakes a while.", 8),
        ),
        5,
    )
    assert (first.heading, first.body) == ("A line is not enough", "Which accuracy can **one** neuron reach?")
    assert "<!-- run: no -->" in second.text
    assert second.commands == (
        Command("run", "same", 18),
        Command("hide", "settings, weights", 18),
        Command("point", 'neuron 1.2 "this one cuts here"', 19),
    )


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("", []),
        ("---\n", []),
        ("# One\n\n---\n\n# Two", ["One", "Two"]),
        ("# One\r\n\r\n---\r\n\r\n# Two\r\n", ["One", "Two"]),
        ("---\n# One\n\n---\n# Two", ["One", "Two"]),  # no settings, but a line above the first part
        ("\ufeff---\ntitle: x\n---\n# One", ["One"]),
        ("Underlined\n---\n", [""]),  # Markdown's second kind of heading, and no end of a part
        ("# One\n<!-- run: same -->\n---\n# Two", ["One", "Two"]),
        ("# One\n\n---\n\n---\n\n# Two", ["One", "Two"]),
    ],
)
def test_a_line_of_dashes_ends_a_part(text, headings):
    document, problems = read(text)
    assert not problems
    assert [part.heading for part in document.parts] == headings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("---\ntitle: x\nnonsense\n---\n# One", ["Line 3: A setting must be written “key: value”; got “nonsense”."]),
        ("# One\n\n<!-- run: same\n", ["Line 3: A comment must end with “-->”; this one does not."]),
        ("x" * 200_001, ["Line 1: A file must have at most 200,000 letters; got 200,001."]),
        ("a\n\n---\n\n" * 201, ["Line 801: There must be at most 200 parts; got 201."]),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_line(text, told):
    assert [str(problem) for problem in read(text)[1]] == told


def test_a_command_that_is_not_known_is_named_beside_those_that_are():
    (part,) = read("<!-- plya: 1..5 ; run: same -->")[0].parts
    (problem,) = unknown(part.commands, {"play", "run"}, "A talk")
    assert str(problem) == "Line 1: A talk has no command “plya”; there are play, run."


def test_what_was_read_is_written_as_it_was():
    document, _ = read(TALK)
    again, problems = read(write(document))
    assert not problems
    assert _without_lines(again) == _without_lines(document)


KEYS = st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True)
VALUES = st.from_regex(r"[a-zA-Z0-9?=&@:.,%][a-zA-Z0-9?=&@:.,%;]{0,20}", fullmatch=True)
TEXTS = st.from_regex(r"[A-Za-z#*`][A-Za-z0-9 #*`.]{0,40}[a-z]", fullmatch=True)


@given(st.lists(st.tuples(TEXTS, st.lists(st.tuples(KEYS, VALUES), max_size=4)), max_size=5))
def test_any_document_is_read_back(parts):
    made = Document((), tuple(Part(t, tuple(Command(k, v, 0) for k, v in c), 0) for t, c in parts))
    again, problems = read(write(made))
    assert not problems
    assert _without_lines(again) == _without_lines(made)


@given(st.text(alphabet=st.sampled_from("-<!>abc: ;\n`~#\"'"), max_size=300))
def test_any_text_is_read_without_an_error_and_settles(text):
    document, _ = read(text)
    assert _without_lines(read(write(document))[0]).keys() == _without_lines(document).keys()


def _without_lines(document: Document) -> dict:
    return {
        "settings": [(s.key, s.value) for s in document.settings],
        "parts": [(p.text, [(c.key, " ".join(c.value.split())) for c in p.commands]) for p in document.parts],
    }
