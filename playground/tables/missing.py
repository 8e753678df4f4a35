"""What stands in a cell for nothing: NA and its like, signs, and numbers that nobody has measured, such as -999."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

MISSING = frozenset(
    ("", "n/a", "nan", "null", "?", "missing", "<na>", "#n/a", "#na", "#div/0!", "#value!", "#ref!", "#null!", "#num!",
     "#name?", "nat", "(null)", "\\n")
)  # fmt: skip
"""What a cell says that holds nothing, in any column"""
DOUBTFUL = {"-": 0.95, "--": 0.95, ".": 0.95, "none": 0.95, "nil": 0.95, "na": 0.6, "n.a.": 0.6}
DOUBTFUL |= dict.fromkeys(
    ("n.d.", "nd", "unknown", "unk", "not available", "not applicable", "not reported", "(none)", "(blank)", "tbd",
     "k.a.", "keine angabe"), 0.6,
)  # fmt: skip
"""What means nothing among numbers, but is a word like others where it is frequent: up to this share of a column.
Blood group "-", damage "None", continent "NA"; but NA in nearly all cells is what R writes for nothing."""
FREQUENT = 0.1  # the least share of a column that makes such a word one like others
SIGNS = 0.95
"""The same for any cell of signs alone, such as ~ or : or *"""
BOUNDLESS = re.compile(r"[+-]?(?:inf|infinity|∞|1\.?#inf|1\.?#ind|1\.?#qnan)", re.IGNORECASE)
SEVERAL, RARE, ALONE = 2, 0.002, 10.0
"""Times that a number stands for nothing, and its least share; and how far off one is that does so alone"""
HUGE = (1e15, 3.5e38)
"""A network is given nothing as large; what float32 holds of it is how files of weather and maps write nothing: 1e20"""


def doubt(cell: str) -> float:
    """Up to which share of a column a cell is a word like others where it is frequent, and means nothing else; 0 for
    a cell that always means what it says."""
    if cell.lower() in DOUBTFUL:
        return DOUBTFUL[cell.lower()]
    return SIGNS if cell and not any(letter.isalnum() or letter in "+-±√∑" for letter in cell) else 0.0


def fill_values(numbers: Sequence[float]) -> tuple[float, ...]:
    """The numbers of a column that stand for nothing: -999, 9999, 99 or -200, several times and far from all others.

    Far is as far again as the others are apart, and ten times as far for one that stands alone; below zero it is
    enough that nothing else is. NaN is passed over.
    """
    counts = Counter(x for x in numbers if not math.isnan(x))
    suspects = [x for x in counts if _is_made_up(x)]
    others = counts.keys() - suspects
    if not suspects or len(others) < 2:
        return ()
    low, high = min(others), max(others)
    as_prices = 2 * sum(_digits(x).endswith("9") for x in others) > len(others)  # 4.99, 9.99 and 99.99

    def stands_out(x: float) -> bool:
        far = max(low - x, x - high) / (high - low)
        several = counts[x] >= max(SEVERAL, RARE * counts.total())
        return not (as_prices and x > 0.0) and ((several and (far > 1.0 or x < 0.0 <= low)) or far > ALONE)

    return tuple(sorted(filter(stands_out, suspects)))


def _is_made_up(x: float) -> bool:
    """Whether a number looks as if it were written down for nothing: nines alone, hundreds below zero, or huge."""
    if HUGE[0] <= abs(x) <= HUGE[1] or x in (-32768.0, 32767.0):
        return True
    hundreds = x < 0.0 and re.fullmatch("[1-9]00+", _digits(x)) is not None
    return abs(x) >= 99.0 and (set(_digits(x)) == {"9"} or hundreds)


def _digits(x: float) -> str:
    return f"{abs(x):.12g}".replace(".", "")
