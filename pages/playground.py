"""The home page: the live stage."""

from playground import stage

stage.show()
