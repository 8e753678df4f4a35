"""What comes by Streamlit's websocket, before Streamlit reads it: what no page can have sent goes no further."""

from __future__ import annotations

import json
import logging

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

STREAM = "/_stcore/stream"
"""Where Streamlit's websocket is, below whatever path; others that the server has read what they hear themselves"""
MOST_LEVELS = 20
"""Of lists and objects in each other; no page tells more than five"""
_LOG = logging.getLogger(__name__)
_GONE: Message = {"type": "websocket.disconnect", "code": 1002}


class Heard:
    """Middleware: a message of another kind ends the connection, and of a component only JSON is passed on.

    Streamlit takes care of JSON that is broken, but not of JSON that is nested too deeply for Python to read or to
    copy, or of whole numbers with thousands of digits: an error in the log, and on the page in place of what it shows.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on but for what comes by a websocket and does not fit."""

        async def heard() -> Message:
            message = await receive()
            return _fitting(message) if message["type"] == "websocket.receive" else message

        is_streamlits = scope["type"] == "websocket" and scope["path"].endswith(STREAM)
        await self.app(scope, heard if is_streamlits else receive, send)


def _fitting(message: Message) -> Message:
    """The message without what cannot be read, or the end of the connection where nothing of it can."""
    told = BackMsg()
    try:
        told.ParseFromString(message.get("bytes") or b"")
    except DecodeError:
        _LOG.warning("A message that is none of Streamlit's was dropped, and its connection.")
        return _GONE
    if told.WhichOneof("type") is None:  # a text among them
        _LOG.warning("A message that says nothing was dropped, and its connection.")
        return _GONE
    states = told.rerun_script.widget_states.widgets
    good = [state for state in states if _is_json(state.json_trigger_value) and _is_json(state.json_value)]
    if len(good) == len(states):
        return message
    _LOG.warning("What a component told was dropped: it is no JSON, or too deep.")
    del states[:]
    states.extend(good)
    return {**message, "bytes": told.SerializeToString()}


def _is_json(text: str) -> bool:
    """Whether a text is empty, or JSON that can be read and is no deeper than that of any page."""
    try:
        level = [json.loads(text or "0")]
    except (ValueError, RecursionError):
        return False
    for _ in range(MOST_LEVELS):
        inner = [list(x.values()) if isinstance(x, dict) else x for x in level if isinstance(x, dict | list)]
        level = [x for each in inner for x in each]
    return not level
