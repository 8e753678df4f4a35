"""What the pages share: the experiment a user follows, its link, its recording, and its pictures.

In a notebook, `playground.replay(run)` shows a run.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """`playground.replay`, loaded when it is first asked for: most that import this package have no use for it."""
    if name != "replay":
        raise AttributeError(f"module 'playground' has no attribute {name!r}")
    from playground.export.notebook import replay

    return replay
