"""The error function erf(x) to full double precision, which NumPy lacks and GELU needs.

Rational approximations of W. J. Cody (1969, https://doi.org/10.1090/S0025-5718-1969-0247736-4) with the
coefficients of the Cephes library (S. L. Moshier, netlib.org/cephes, ndtr.c).
"""

from __future__ import annotations

import numpy as np

from mlp.arrays import Array

# fmt: off
# erf(x) = x T(x^2) / U(x^2) for |x| < 1, highest power first.
_T = (9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3,
      7.00332514112805075473e3, 5.55923013010394962768e4)
_U = (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
      2.26290000613890934246e4, 4.92673942608635921086e4)
# 1 - erf(x) = exp(-x^2) P(x) / Q(x) for 1 <= x < 8.
_P = (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
      4.86371970985681366614e1, 1.96520832956077098242e2, 5.26445194995477358631e2,
      9.34528527171957607540e2, 1.02755188689515710272e3, 5.57535335369399327526e2)
_Q = (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
      9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3,
      1.65666309194161350182e3, 5.57535340817727675546e2)
# fmt: on


def erf(x: Array, out: Array | None = None) -> Array:
    """(2 / sqrt(pi)) times the area under exp(-t^2) from 0 to x, entry by entry; any shape, result in [-1, 1].

    >>> erf(np.array([0.0, 0.5, -3.0])).round(6)
    array([ 0.      ,  0.5205  , -0.999978])
    """
    size = np.minimum(np.abs(x), 8.0)  # Beyond 8, erf is 1 to the last digit.
    inner = np.minimum(size, 1.0)
    near = inner * _polynomial(_T, inner * inner) / _polynomial(_U, inner * inner)
    far = 1.0 - np.exp(-size * size) * _polynomial(_P, size) / _polynomial(_Q, size)
    return np.copysign(np.where(size < 1.0, near, far), x, out)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's rule."""
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total *= x
        total += c
    return total
