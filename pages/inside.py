"""One step of training on the real numbers: forwards, the loss, backwards, the update."""

from playground import stage
from playground.inside import view

stage.show("timeline", view.show)
