"""The page Gradients: the numbers on it are the engine's, at the moment of the timeline."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

FRAME = Path(__file__).parents[2] / "playground" / "frame.py"


def test_the_page_draws_norms_and_histograms():
    app = AppTest.from_file(str(FRAME), default_timeout=30).run()
    app.switch_page("../pages/gradients.py").run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
