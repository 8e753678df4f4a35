"""Everything out: a link, code, files, pictures; and an experiment back in."""

from playground import stage
from playground.export import view

stage.show("timeline", view.show)
