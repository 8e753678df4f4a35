"""An experiment is the config it began with and the settings changed on the way: enough to repeat it exactly."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from playground.run.config import LIVE, SETTINGS, Config

MOST_BY_HAND = 1000.0


@dataclass(frozen=True)
class Change:
    """Settings that take other values from one step on, and parameters that were set by hand there."""

    step: int
    settings: tuple[tuple[str, Any], ...] = ()
    edits: tuple[tuple[int, float], ...] = ()  # (place in the flat vector of parameters, new value)


@dataclass(frozen=True)
class Experiment:
    """A run, written down: the same experiment gives the same numbers on any machine with the same NumPy."""

    config: Config = field(default_factory=Config)
    changes: tuple[Change, ...] = ()

    @cached_property
    def now(self) -> Config:
        """The settings in force at the end of the run."""
        config = self.config
        for change in self.changes:
            config = config.changed(**dict(change.settings))
        return config

    def steps_per_epoch(self, n_train: int) -> int:
        """Mini-batches that `n_train` training points make at the end of the run; the last may be smaller."""
        return math.ceil(n_train / self.now.batch_size)

    @cached_property
    def name(self) -> str:
        """A short name that two experiments share only if they are the same."""
        return _short_name((self.config, self.changes))

    @property
    def data_name(self) -> str:
        """A short name that two experiments share only if their points are the same."""
        settings = [name for name, s in SETTINGS.items() if s.group == "Data" and name != "features"]
        return _short_name((self.config.own_data, [(name, getattr(self.config, name)) for name in settings]))

    @cached_property
    def family(self) -> str:
        """A short name that two experiments share if they can be branches of one run: the same points, the same network
        and the same first weights, whatever the settings that may change in mid-run."""
        kept = [(name, getattr(self.config, name)) for name in SETTINGS if name not in LIVE]
        return _short_name((self.config.own_data, kept))

    @property
    def parent(self) -> Experiment | None:
        """The experiment before the last change, whose first steps this one shares."""
        return Experiment(self.config, self.changes[:-1]) if self.changes else None

    def lineage(self) -> Iterator[Experiment]:
        """The experiments that this one grew out of, from the one without changes to this one itself."""
        grown = Experiment(self.config)
        yield grown
        for change in self.changes:
            grown = grown.then(change)
            yield grown

    def change(self, step: int, **settings: Any) -> Experiment:
        """Change settings from `step` on; a setting that cannot change in mid-run starts a new run.

        Raises ValueError, in a sentence for the page, where a setting does not fit.
        """
        after = self.now.changed(**settings)
        moved = {name for name in (*SETTINGS, "own_data") if getattr(after, name) != getattr(self.now, name)}
        if not moved:
            return self
        if step <= 0 or not moved <= LIVE:
            return Experiment(after)
        return self._with(step, after, self._edits_at(step))

    def edit(self, step: int, edits: Mapping[Any, Any]) -> Experiment:
        """Set parameters by hand at `step`, {place: value}, and go on from there.

        Raises ValueError, in a sentence, if that cannot be: places and values may come from a browser.
        """
        every = {**dict(self._edits_at(step)), **dict(self.checked(edits))}
        return self._with(max(0, step), self.at(step + 1).now, tuple(sorted(every.items())))

    def checked(self, edits: Mapping[Any, Any]) -> tuple[tuple[int, float], ...]:
        """Parameters set by hand, {place: value}, in order of their places. ValueError, in a sentence."""
        most = self.config.n_parameters - 1
        for index, value in edits.items():
            if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index <= most:
                raise ValueError(f"A parameter to edit must be a whole number from 0 to {most}; got {str(index)[:20]}.")
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_BY_HAND:
                raise ValueError(f"A weight set by hand must be between ±{MOST_BY_HAND:g}; got {str(value)[:20]}.")
        if self.config.use_bias == "off" and any(map(self.config.shape.is_bias, edits)):
            raise ValueError("A bias cannot be set by hand while Biases is off: all of them are zero.")
        return tuple(sorted((index, float(value)) for index, value in edits.items()))

    def then(self, change: Change) -> Experiment:
        """This experiment and one change more, at a later step than all others."""
        after = Experiment(self.config, (*self.changes, change))
        # What is known need not be found again by walking through all changes: that would make n of them cost n² / 2.
        after.__dict__["now"] = self.now.changed(**dict(change.settings))
        return after

    def _edits_at(self, step: int) -> tuple[tuple[int, float], ...]:
        return next((change.edits for change in self.changes if change.step == step), ())

    def _with(self, step: int, after: Config, edits: tuple[tuple[int, float], ...]) -> Experiment:
        """This experiment up to `step`, and from there on the settings of `after`."""
        past = self.at(step)
        changed = tuple(
            (name, getattr(after, name))
            for name in sorted(LIVE)
            if getattr(after, name) != getattr(past.now, name) and after.applies(name)
        )
        return past.then(Change(step, changed, edits)) if changed or edits else past

    def at(self, step: int) -> Experiment:
        """This experiment with only the changes made before `step`."""
        if not self.changes or self.changes[-1].step < step:
            return self
        return Experiment(self.config, tuple(c for c in self.changes if c.step < step))


def _short_name(thing: object) -> str:
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:16]
