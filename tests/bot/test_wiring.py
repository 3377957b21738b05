import socket

import pytest

from bot.errors import RequestError, SetupError
from bot.settings import Settings
from bot.wiring import _listen, _start


class Away:
    """A part that needs the database when there is none."""

    async def start(self) -> None:
        raise RequestError(503, "store_unavailable", "The database is away.")

    async def stop(self) -> None: ...


async def test_a_database_that_goes_away_at_the_start_is_told_in_one_line() -> None:
    with pytest.raises(SetupError, match=r"^The database is away\. Check its disk"):
        await _start([Away()])


def test_connections_send_at_once() -> None:
    with _listen(Settings(port=0)) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
