"""The data page without a browser: what can be edited, what cannot, and what becomes of it."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from playground.run.config import Config
from playground.tables.edited import edited
from playground.tables.examples import EXAMPLES
from tests.tables.test_table import table

FRAME = Path(__file__).parents[2] / "playground" / "app" / "frame.py"


def page(section: str) -> AppTest:
    """The page at one of its sections."""
    app = AppTest.from_file(str(FRAME), default_timeout=60).run()
    app.session_state["page_data section"] = section
    return app.switch_page("../../pages/data.py").run()


def text(at: AppTest) -> str:
    """All that the page says."""
    assert not at.exception
    return " ".join(element.value for element in (*at.main.markdown, *at.success, *at.error, *at.info, *at.caption))


def button(at: AppTest, label: str) -> list[Button]:
    """The page's buttons of that label."""
    return [b for b in at.main.button if b.label == label]


def test_the_page_says_what_is_learned_and_that_nothing_is_written_to_disk() -> None:
    said = text(page("Examples"))
    assert "The network now learns from the dataset **spirals**, 500 points." in said
    assert "nothing is written to disk" in said


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_used_at_a_click(name: str) -> None:
    at = page("Examples")
    at.button(key=f"example {name}").click().run()
    assert f"The network now learns from **{EXAMPLES[name].load().title}**" in text(at)


def test_a_pasted_table_is_read_chosen_from_and_used() -> None:
    at = page("Upload or paste")
    rows = "\n".join(f"{k % 7},{k * k % 11},{'cat' if k % 3 else 'dog'}" for k in range(40))
    at.main.text_area[0].set_value(f"height,weight,kind\n{rows}").run()
    assert "40 rows and 3 columns" in text(at)
    button(at, "Train on these data")[0].click().run()
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
    at = page("Upload or paste")
    at.main.text_area[0].set_value(pasted).run()
    assert words in text(at)
    assert not button(at, "Train on these data")
    assert "learns from the dataset **spirals**" in text(at)


def test_names_are_shown_as_they_are() -> None:
    at = page("Upload or paste")
    rows = "\n".join(f"{k % 7},{k * k % 11},{'**x**' if k % 3 else ':smile:'}" for k in range(40))
    at.main.text_area[0].set_value(f"<b>,$y$,kind\n{rows}").run()
    assert "**x**" not in text(at).replace(r"\*\*x\*\*", "")


def test_the_present_points_can_be_edited_as_a_table() -> None:
    at = page("Edit as a table")
    button(at, "Train on the edited table")[0].click().run()
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
