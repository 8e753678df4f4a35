"""How the run is doing, layer by layer, in plain words, and experiments that may help."""

from playground import stage
from playground.health import view

stage.show("timeline", view.show)
view.patients()
