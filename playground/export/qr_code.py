"""A link as a QR code, for an audience that points a camera at it."""

from __future__ import annotations

import io

MAX_LETTERS = 1200  # more make squares too small for a camera at the back of a hall


def qr_code(address: str) -> bytes:
    """Draw a PNG of a link. Raises ValueError, in one sentence, where that cannot be."""
    try:
        import segno
    except ImportError:
        raise ValueError("QR codes need a package that is not installed here: pip install segno.") from None
    if len(address) > MAX_LETTERS:
        raise ValueError(f"The link is too long for a QR code: {len(address):,} letters, and {MAX_LETTERS:,} are fit.")
    png = io.BytesIO()
    segno.make(address, error="l").save(png, kind="png", scale=8, border=3)
    return png.getvalue()
