import socket

from bot.settings import Settings
from bot.wiring import _listen


def test_connections_send_at_once() -> None:
    with _listen(Settings(port=0)) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
