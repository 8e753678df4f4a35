"""The home page: the live stage."""

from playground.app import stage

stage.show()
