"""What crosses the wire: the length of a header, the header in JSON, then the recorded moments as float32."""

from __future__ import annotations

import json
from typing import Any

import numpy as np


def encode(header: dict[str, Any], rows: np.ndarray) -> bytes:
    """Pack a header and rows (k, width) for `parseMessage` in recording.js."""
    text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "little") + text + np.ascontiguousarray(rows, dtype="<f4").tobytes()


def decode(message: bytes) -> tuple[dict[str, Any], np.ndarray]:
    """The inverse, for tests and tools: (header, rows)."""
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    return header, np.frombuffer(message[4 + length :], dtype="<f4").reshape(-1, header["width"])
