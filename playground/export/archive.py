"""Everything that a run can be taken along as, in one .zip, with a word on what could not be written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable

from playground.export.subject import Subject

NO_PICTURES = "not here: Pictures (PNG, SVG). The browser draws them: save them below their card."
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a .zip can hold: the same run gives the same bytes


def archive(subject: Subject, files: Iterable[tuple[str, str, Callable[[Subject], bytes]]]) -> bytes:
    """Write a .zip of files, each given as (label, name, what writes it), and contents.txt, which lists them."""
    contents = [f"{subject.stem}: a run of the MLP Playground up to step {subject.step}.", ""]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for label, name, write in files:
            try:
                raw = write(subject)
            except ValueError as problem:
                contents.append(f"not here: {label}. {problem}")
                continue
            pack.writestr(zipfile.ZipInfo(name, EPOCH), raw, zipfile.ZIP_DEFLATED)
            contents.append(f"{name}: {label}")
        contents.append(NO_PICTURES)
        pack.writestr(zipfile.ZipInfo("contents.txt", EPOCH), "\n".join(contents) + "\n")
    return out.getvalue()
