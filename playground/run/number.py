"""Numbers as a person reads them; web/js/shared/format.js writes the same, and a table of cases holds both to it."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def say(x: float, figures: int = 4) -> str:
    """So many figures without needless zeros, powers of ten written out, a real minus sign."""
    if math.isnan(x):
        return "–"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    rounded = Context(prec=figures, rounding=ROUND_HALF_UP).create_decimal(x)  # as a browser rounds
    power = rounded.adjusted()
    if x == 0.0:
        text = "0"
    elif -3 <= power < 5:
        text = f"{rounded.normalize():f}"
    else:
        text = f"{rounded.scaleb(-power).normalize():f}×10{str(power).translate(_RAISED)}"
    return text.replace("-", "−")


def percent(share: float, figures: int | None = None) -> str:
    """A share of 1 as a percentage with one decimal, or with so many figures."""
    if figures is not None:
        return f"{say(100.0 * share, figures)} %"
    return f"{100.0 * share:.1f} %".replace("-", "−") if math.isfinite(share) else "–"
