"""The old address of Health, for links that were given away."""

from playground import stage
from playground.health import view

stage.show("timeline", view.show)
view.patients()
