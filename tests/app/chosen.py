"""For tests: what has to be chosen for a setting to play a part."""

from typing import Any

from playground.run.config import SETTINGS


def chooses(name: str) -> dict[str, Any]:
    """The settings under which another one counts: momentum needs an optimizer that has it."""
    s = SETTINGS[name]
    if name == "output_activation":
        return {"loss": "mean_squared_error"}
    if not s.only_with:
        return {}
    value = s.only_for[-1] if s.only_for else 5
    return {s.only_with: (value,) if s.only_with == "activations" else value}
