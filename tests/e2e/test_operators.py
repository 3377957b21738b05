"""What an operator meets: clear errors, a terminal, a quick second start."""

import socket
import subprocess
from pathlib import Path

import httpx

from tests.e2e.conftest import slack_settings
from tests.e2e.product import Product
from tests.fakes.slack_server import FakeSlack
from tests.fakes.telegram_server import TelegramServer


def failing(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start with settings that cannot work."""
    helper = Product.__new__(Product)
    helper.data_dir = tmp_path
    helper._environment = {"PATH": "/usr/bin:/bin", "I2PCC_DATA_DIR": str(tmp_path), "I2PCC_PORT": "0"} | {
        f"I2PCC_{k.upper()}": v for k, v in settings.items()
    }
    (tmp_path / "cache").symlink_to(Path(__file__).parents[2] / "var" / "cache")
    return helper.command()


def told(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode not in (0, None)
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.strip() and " INFO " not in line]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = told(failing(tmp_path, port=str(taken.getsockname()[1])))
    assert "I2PCC_PORT" in line


def test_an_unreadable_database(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    line = told(failing(tmp_path, database_url=f"sqlite:///{tmp_path / 'broken.db'}"))
    assert "I2PCC_DATABASE_URL" in line


def test_a_wrong_telegram_token(tmp_path: Path, telegram: TelegramServer) -> None:
    line = told(failing(tmp_path, telegram_token="1:wrong", telegram_base_url=telegram.url))
    assert "I2PCC_TELEGRAM_TOKEN" in line
    assert "1:wrong" not in line


def test_a_wrong_slack_token(tmp_path: Path, slack: FakeSlack) -> None:
    line = told(failing(tmp_path, **(slack_settings(slack) | {"slack_bot_token": "xoxb-wrong"})))
    assert "I2PCC_SLACK_BOT_TOKEN" in line


def test_a_setting_that_is_no_number(tmp_path: Path) -> None:
    assert "I2PCC_PORT" in told(failing(tmp_path, port="eighty"))


def test_a_second_process_on_the_same_sqlite(product: Product) -> None:
    result = product.command("chat", text="hello\n")
    assert "Another process" in told(result)


def test_the_page_and_the_probes(product: Product) -> None:
    assert "widget.js" in httpx.get(product.url).text
    assert httpx.get(f"{product.url}/healthz").status_code == 200
    assert httpx.get(f"{product.url}/readyz").json()["ready"] is True
    assert "i2pcc" in httpx.get(f"{product.url}/metrics").text


def test_the_terminal(product: Product) -> None:
    product.stop()
    result = product.command("chat", text="Wat is Chongqing?\nen sinds wanneer?\n/quit\n")
    assert result.returncode == 0, result.stderr
    assert "geautomatiseerde assistent" in result.stdout
    assert "2011" in result.stdout or "2010" in result.stdout
    assert "Bron" in result.stdout


def test_what_is_written_is_for_its_owner_alone(product: Product) -> None:
    assert product.command("intakes", "export", "intakes.csv").returncode == 0
    written = [f for f in product.data_dir.rglob("*") if f.is_file()]
    assert {"i2pcc.db", "i2pcc.db-wal", "intakes.csv"} <= {f.name for f in written}
    assert {oct(f.stat().st_mode & 0o077) for f in written} == {"0o0"}


def test_endless_headers_are_cut_off(product: Product) -> None:
    address = httpx.URL(product.url)
    with socket.create_connection((address.host, address.port or 80), timeout=60) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: " + b"a" * 200_000)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
