"""What visitors leave behind when they have gone: nothing that grows with their number."""

import asyncio

from benchmarks.load import resident_mb
from tests.browser.harness import serve
from tests.visitor import visit

FEW, MANY = 20, 60


def test_memory_does_not_grow_with_the_visitors_who_have_come_and_gone(monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL", "0")

    async def come_and_go(n: int) -> None:
        for _ in range(n):
            async with visit(server.url):
                pass

    with serve() as server:
        asyncio.run(come_and_go(FEW))
        after_few = resident_mb(server.pid)
        asyncio.run(come_and_go(MANY - FEW))
        after_many = resident_mb(server.pid)
    assert after_many < 1.1 * after_few
