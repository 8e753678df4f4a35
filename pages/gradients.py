"""The same run, layer by layer, at the moment chosen on the timeline."""

from playground import stage
from playground.health import view

stage.show("timeline")
view.gradients()
