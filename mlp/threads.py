"""One thread is enough: NumPy's matrix products share their work out among all cores, which costs more than it saves.

At the sizes of this engine a second thread brings nothing, and on a machine that is busy with other things the two
wait for each other: steps were seen to take a hundred times as long. The setting holds for the whole process, so the
engine never makes it by itself; a program that owns its process calls `use_one_thread` once.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

SETTERS = ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads", "openblas_set_num_threads")
"""What OpenBLAS calls it, from NumPy 2 wheels to plain builds."""


def use_one_thread() -> bool:
    """Keep the matrix products of this process on one thread; returns whether that could be done.

    It works for NumPy as installed by pip, which brings OpenBLAS along. For others, set the variable
    OPENBLAS_NUM_THREADS (or that of their library) to 1 before Python starts.
    """
    site = Path(np.__file__).parent
    done = False
    for folder in (site.parent / "numpy.libs", site / ".dylibs"):
        for path in folder.glob("*openblas*"):
            library = ctypes.CDLL(str(path))  # the copy that NumPy has loaded already
            setter = next((name for name in SETTERS if hasattr(library, name)), None)
            if setter is not None:
                getattr(library, setter)(ctypes.c_int(1))
                done = True
    return done
