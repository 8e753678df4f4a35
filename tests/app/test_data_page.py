"""The data page without a browser: what can be edited, what cannot, and what becomes of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

import mlp
from playground.app.drawing import FORMULAS
from playground.run.config import PLANAR, Config
from playground.run.on_show import OnShow
from playground.tables.edited import edited, frame_of
from playground.tables.examples import EXAMPLES, FOLDER
from playground.tables.scattered import scattered
from tests.tables.test_table import table

FRAME = Path(__file__).parents[2] / "playground" / "app" / "frame.py"


def page(section: str) -> AppTest:
    """The page at one of its sections."""
    app = AppTest.from_file(str(FRAME), default_timeout=120).run()
    app.session_state["page_data section"] = section
    return app.switch_page("../../pages/data.py").run()


def text(at: AppTest) -> str:
    """All that the page says."""
    assert not at.exception
    return " ".join(element.value for element in (*at.main.markdown, *at.success, *at.error, *at.info, *at.caption))


def button(at: AppTest, label: str) -> list[Button]:
    """The page's buttons of that label."""
    return [b for b in at.main.button if b.label == label]


def paste(pasted: str) -> AppTest:
    """The page with a table pasted and read."""
    at = page("Upload or paste")
    at.main.text_area[0].set_value(pasted)
    return button(at, "Read it")[0].click().run()


def train(at: AppTest, label: str) -> None:
    """Press a button that trains, see that the Playground opens, and come back to the page."""
    button(at, label)[0].click().run()
    assert any(c.proto.component_name.endswith("stage") for c in at.main.get("bidi_component"))
    assert not button(at, label), "the page Data is still there"
    at.switch_page("../../pages/data.py").run()


def test_the_page_says_what_is_learned_and_that_nothing_is_written_to_disk() -> None:
    said = text(page("Ready data"))
    assert "The network now learns from **spirals**, 500 points." in said
    assert "nothing is written to disk" in said


def sheet(at: AppTest) -> dict[str, Any]:
    """What the page tells the drawing sheet."""
    (found,) = (c for c in at.get("bidi_component") if c.proto.component_name.endswith("draw"))
    return json.loads(found.proto.json)


def test_the_sheet_begins_blank_with_the_present_points_or_with_those_that_a_formula_sorts() -> None:
    at = page("Draw")
    assert (sheet(at)["version"], sheet(at)["points"]) == ("blank", [])
    at.main.radio[0].set_value("present").run()
    assert len(sheet(at)["points"]) == 1500
    at.main.radio[0].set_value("formula").run()
    assert sheet(at)["points"] == scattered("y > sin(2*x)", 240, 0.1, 1).points
    at.main.text_input(key="scattered formula").set_value("x*y > 0").run()
    at.main.slider(key="scattered n").set_value(400).run()
    at.main.slider(key="scattered noise").set_value(0.3).run()
    at.main.number_input(key="scattered seed").set_value(9).run()
    assert sheet(at)["points"] == scattered("x*y > 0", 400, 0.3, 9).points
    assert f"true for {sum(sheet(at)['points'][2::3]):.0f} of 400" in text(at)


def test_a_formula_that_errs_is_a_sentence_and_leaves_the_sheet_as_it_is() -> None:
    at = page("Draw")
    at.main.radio[0].set_value("formula").run()
    at.main.text_input(key="scattered formula").set_value("y > 2x").run()
    assert "before “x” a sign is missing" in text(at)
    assert sheet(at)["version"] is None


def test_a_formula_at_hand_is_a_click_and_all_of_them_sort_points() -> None:
    at = page("Draw")
    at.main.radio[0].set_value("formula").run()
    for formula in FORMULAS:
        at.main.pills(key="scattered example").set_value(formula).run()
        assert sheet(at)["points"] == scattered(formula, 240, 0.1, 1).points


def cards(at: AppTest) -> dict[str, Any]:
    (found,) = (c for c in at.get("bidi_component") if c.proto.component_name.endswith("ready"))
    return json.loads(found.proto.json)


def test_every_dataset_and_every_table_that_is_ready_has_a_card_with_its_points_and_its_story() -> None:
    told = cards(page("Ready data"))
    assert told["chosen"] == "Tell colours apart spirals"
    assert [card["name"] for card in told["cards"]] == [*EXAMPLES, *PLANAR]
    for card in told["cards"]:
        entry = EXAMPLES.get(card["name"]) if "source" in card else mlp.DATASETS[card["name"]]
        assert card["help"] == entry.help
        rows = np.array(card["points"]).reshape(-1, 3)
        if card["signed"]:
            y = mlp.make_dataset(card["name"], 240, 0.05, 0.0, seed=1).y_train[:, 0]
            np.testing.assert_allclose(rows[:, 2], (y - y.mean()) / np.abs(y - y.mean()).max(), atol=0.006)
        assert len(rows) > 50 or card["images"]
        assert np.abs(rows[:, :2]).max(initial=1.0) == 1.0
    digits = next(card for card in told["cards"] if card["name"] == "digits")
    known = {image.tobytes() for image in mlp.make_dataset("digits", 1797, 0.0, 0.0).x_train.round(2)}
    shown = np.array(digits["images"]).reshape(-1, 64)
    assert all(image.tobytes() in known for image in shown)


def test_a_pasted_table_is_read_chosen_from_and_used() -> None:
    rows = "\n".join(f"{k % 7},{k * k % 11},{'cat' if k % 3 else 'dog'}" for k in range(40))
    at = paste(f"height,weight,kind\n{rows}")
    assert "40 rows and 3 columns" in text(at)
    train(at, "Train on these data")
    assert "The network now learns from **Pasted data**: 40 rows, 2 inputs, 2 classes" in text(at)


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("hello", "This is not a table"),
        ("a,b,y\n" + "\n".join(f"{k % 7},{-k},1" for k in range(20)), "one class only"),
        ("a,b,y\n1,2\n", "Line 2 has 2 cells"),
    ],
)
def test_a_pasted_table_that_cannot_be_learned_is_a_sentence(pasted: str, words: str) -> None:
    at = paste(pasted)
    assert words in text(at)
    assert not button(at, "Train on these data")
    assert "learns from **spirals**" in text(at)


ROWS = [f"{['950', '1.050', '2.300'][k % 3]};{k},05;{'cat' if k % 3 else 'dog'}" for k in range(40)]
OWN = "\n".join(["umsatz;gewinn;kind", *ROWS])


def columns(at: AppTest) -> dict[str, str]:
    """What becomes of each column, as the page's table has it."""
    frame = next(d.value for d in at.main.dataframe if "Used as" in d.value.columns)
    return dict(zip(frame["Column"], frame["Used as"], strict=True))


def test_how_a_table_was_read_is_said_and_three_switches_overrule_it() -> None:
    at = paste(OWN)
    assert "“1.050” was read as 1050" in text(at)
    assert columns(at) == {"umsatz": "input", "gewinn": "input", "kind": "target: classes"}
    select(at, "The names stand in", 0)
    assert "41 rows and 3 columns; semicolon between cells, no row of names" in text(at)
    select(at, "The names stand in", 2)
    assert "39 rows and 3 columns; semicolon between cells, the first two rows hold the names" in text(at)
    select(at, "The names stand in", 1)
    select(at, "Signs in numbers", ".")
    assert "“1.050” was read as 1.05" in text(at)
    select(at, "Encoding", "utf-16")
    assert "The file is not in UTF-16" in text(at) or "not a table" in text(at)


def select(at: AppTest, label: str, value: object) -> None:
    """Choose in the select box of that label."""
    next(s for s in at.main.selectbox if s.label == label).set_value(value).run()


def test_a_number_that_stands_for_nothing_is_a_number_at_a_switch() -> None:
    rows = (f"{-999 if k % 8 == 5 else k % 9},{k % 7}.5,{'ab'[k % 2]}" for k in range(40))
    at = paste("\n".join(["x,y,label", *rows]))
    assert "In “x” “\\-999” stands 5 times, far outside the rest" in text(at)
    assert "35 rows, 2 inputs" in text(at)
    (switch,) = at.main.toggle
    assert switch.label == "-999 counts as missing"
    switch.set_value(False).run()
    assert "read as missing" not in text(at)
    assert "40 rows, 2 inputs" in text(at)
    (switch,) = at.main.toggle
    switch.set_value(True).run()
    assert "35 rows, 2 inputs" in text(at)


def test_digits_that_are_codes_are_numbers_at_a_switch_and_numbers_codes() -> None:
    rows = (f"{'0' * (k % 2)}{1067 + 37 * k},{k % 3},{k % 7}.5,{'ab'[k % 2]}" for k in range(40))
    at = paste("\n".join(["zip,deck,y,label", *rows]))
    assert "The digits in “zip” are codes, such as “01104”." in text(at)
    assert columns(at)["zip"] == "left out: 40 different codes; they name something and have no size"
    (switch,) = (m for m in at.main.multiselect if m.label == "Digits that are codes")
    assert (switch.options, switch.value) == (["zip", "deck", "y"], ["zip"])
    switch.set_value(["deck"]).run()
    assert columns(at) == {"zip": "input", "deck": "3 inputs, one a code", "y": "input", "label": "target: classes"}
    assert "5 inputs" in text(at)


def test_a_file_that_is_mended_is_chosen_from_afresh() -> None:
    bad = "\n".join(["x,y,label", *(f'"low {k}",{k * k % 7}.5,{"ab"[k % 2]}' for k in range(40))])
    at = paste(bad)
    assert columns(at)["x"].startswith("left out: a different word in every row")
    at.main.text_area[0].set_value(bad.replace("low ", ""))
    button(at, "Read it")[0].click().run()
    assert columns(at) == {"x": "left out: it counts the rows", "y": "input", "label": "target: classes"}
    at.main.text_area[0].set_value(bad.replace("low ", "-"))
    button(at, "Read it")[0].click().run()
    assert columns(at)["x"] == "input"


def test_what_was_pasted_stays_while_another_section_is_looked_at() -> None:
    at = paste(OWN)
    for name in ("Ready data", "Upload or paste"):
        at.main.segmented_control[0].set_value(name).run()
    assert at.main.text_area[0].value == OWN
    assert "40 rows and 3 columns" in text(at)


def picture(at: AppTest) -> dict[str, Any]:
    """What the page tells of the picture of a table's rows."""
    (found,) = (c for c in at.get("bidi_component") if c.proto.component_name.endswith("charts"))
    (chart,) = json.loads(found.proto.json)["charts"]
    return chart


def test_who_has_no_table_at_hand_tries_one_and_sees_it_before_anything_is_trained() -> None:
    at = page("Upload or paste")
    button(at, "Try it with a table of penguins")[0].click().run()
    rows = (FOLDER / "penguins.csv").read_text(encoding="utf-8")
    assert at.main.text_area[0].value == rows
    assert not button(at, "Try it with a table of penguins")
    assert "**Pasted data**: 342 rows" in text(at)
    assert picture(at)["words"].startswith("342 rows as points: ")
    assert "learns from **spirals**" in text(at)
    train(at, "Train on these data")
    assert "learns from **Pasted data**: 342 rows" in text(at)


def test_the_picture_follows_what_is_chosen_and_says_what_it_does_not_show() -> None:
    rows = "\n".join(f"{k % 7},{k * k % 11},{k % 5}.5,{k % 13},{'cat' if k % 3 else 'dog'}" for k in range(40))
    at = paste(f"a,b,c,d,kind\n{rows}")
    assert picture(at)["words"] == "40 rows as points: a from 0 to 6 across, b from 0 to 9 up; 26 of cat, 14 of dog."
    assert "shows the first two of 4 inputs; the network is told all of them" in text(at)
    assert "The Playground shows two principal components of 4 inputs" in text(at)
    (shows,) = (r for r in at.main.radio if r.label == "The Playground shows")
    shows.set_value("two").run()
    select(at, "to the right", "c")
    select(at, "upwards", "a")
    assert "c from 0.5 to 4.5 across, a from 0 to 6 up" in picture(at)["words"]
    assert "shows two of 4 inputs" in text(at)
    select(at, "Target: what the network is to find out", "d")
    assert picture(at)["words"].endswith("d from 0 to 12.")


def test_what_was_chosen_of_a_table_stays_while_its_network_is_watched() -> None:
    rows = "\n".join(f"{k % 7},{k * k % 11},{k % 5}.5,{k % 13},{'ab'[k % 2]}" for k in range(40))
    at = paste(f"a,b,c,d,kind\n{rows}")
    select(at, "Target: what the network is to find out", "d")
    select(at, "Scaling", "range")
    (task,) = (r for r in at.main.radio if r.label == "Task")
    task.set_value("regression").run()
    (inputs,) = (m for m in at.main.multiselect if m.label.startswith("Inputs"))
    inputs.set_value(["c", "b", "a"]).run()
    (shows,) = (r for r in at.main.radio if r.label == "The Playground shows")
    shows.set_value("two").run()
    select(at, "to the right", "b")
    select(at, "upwards", "a")
    select(at, "to the right", "a")  # and so something else must be up
    seen = picture(at)["words"]
    assert "a from 0 to 6 across, c from 0.5 to 4.5 up; d from 0 to 12" in seen
    train(at, "Train on these data")
    assert picture(at)["words"] == seen
    own = at.session_state["experiment"].config.own_data
    assert (own.inputs, own.target, own.scaling, own.plane) == (("c", "b", "a"), "d", "range", (2, 0))
    assert next(s for s in at.main.selectbox if s.label == "Scaling").value == "range"
    assert not at.warning


def test_of_cells_that_are_not_understood_the_page_asks_where_the_picture_will_stand() -> None:
    rows = "\n".join(f"{'about 3' if k == 7 else k % 7},{k * k % 11},{'cat' if k % 3 else 'dog'}" for k in range(40))
    at = paste(f"a,b,kind\n{rows}")
    assert "“about 3” in row 8" in text(at)
    assert "**Pasted data**: 40 rows and 3 columns." in text(at)
    (forgive,) = at.main.checkbox
    forgive.check().run()
    assert picture(at)["words"].startswith("39 rows as points")
    assert "**Pasted data**: 39 rows, 2 inputs" in text(at)


def test_a_class_that_is_not_trained_is_said_on_the_page() -> None:
    rare = "\n".join(["a,b,k", *(f"{k * 7 % 11},{k * k % 13},{'rare' if k > 37 else 'usual'}" for k in range(40))])
    at = paste(rare)
    train(at, "Train on these data")
    assert "left to train on" not in text(at)
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    app.query_params.update({"dataset": "blobs", "classes": "6", "samples": "20", "test": "0.9"})
    at = app.run()
    assert any("left to train on" in w.value for w in at.main.warning)


def test_names_are_shown_as_they_are() -> None:
    rows = "\n".join(f"{k % 7},{k * k % 11},{'**x**' if k % 3 else ':smile:'}" for k in range(40))
    at = paste(f"<b>,$y$,kind\n{rows}")
    assert "**x**" not in text(at).replace(r"\*\*x\*\*", "")


def test_the_present_points_can_be_edited_as_a_table() -> None:
    at = page("Edit as a table")
    train(at, "Train on the edited table")
    assert "**Spirals**: 500 rows, 2 inputs, 2 classes" in text(at)


def frame(**changes: object) -> pd.DataFrame:
    t = table()
    values = {name: t.x[:, k].copy() for k, name in enumerate(t.inputs)}
    return pd.DataFrame({**values, "y": [t.classes[k] for k in t.y], **changes})


def test_an_edited_table_is_a_table_again() -> None:
    assert edited(table(), frame()) == table()
    changed = frame()
    changed.loc[3, "x1"] = 99.0
    assert edited(table(), changed).x[3, 1] == 99.0
    assert len(edited(table(), frame().iloc[:30])) == 30


def test_an_edited_table_with_holes_or_one_class_is_a_sentence() -> None:
    holed = frame()
    holed.loc[3, "x1"] = None
    with pytest.raises(ValueError, match="Row 4 of the table has an empty cell"):
        edited(table(), holed)
    with pytest.raises(ValueError, match="one class only"):
        edited(table(), frame(y=["yes"] * 60))


def test_a_config_says_which_setting_does_not_fit_own_data() -> None:
    with pytest.raises(ValueError, match="Loss must be auto or one of"):
        Config(own_data=table(), loss="categorical_crossentropy")


def test_a_column_that_tells_training_from_testing_is_offered_as_the_split() -> None:
    rows = [f"{k % 7},{k * k % 11},{'cat' if k % 3 else 'dog'},{'test' if k % 4 == 0 else 'train'}" for k in range(40)]
    at = paste("\n".join(["height,weight,kind,part", *rows]))
    split = next(s for s in at.main.selectbox if s.label == "Rows for testing")
    assert split.options == ["as column “part” says", "drawn at random"]
    assert columns(at)["part"] == "the split: which rows are for testing"
    at.session_state["on_show"] = OnShow(full=True)
    train(at, "Train on these data")
    assert "**Pasted data**: 40 rows, 2 inputs, 2 classes" in text(at)
    assert "30 rows to train on, 10 to test: your table says which." in [c.value for c in at.sidebar.caption]
    assert not [s for s in at.sidebar.slider if s.label == "Test share"]
    own = at.session_state["experiment"].config.own_data
    assert own.held_out.tolist() == [k % 4 == 0 for k in range(40)]


def test_a_split_is_edited_with_its_rows() -> None:
    own = table(n=20).changed(held_out=[k < 5 for k in range(20)])
    frame = frame_of(own)
    assert frame.columns[-1] == "part"
    frame.loc[19, "part"] = "test"
    frame = frame.drop(index=[0])
    assert edited(own, frame).held_out.tolist() == [*([True] * 4), *([False] * 14), True]
