"""Time, CPU and memory of a turn over HTTP: `.venv/bin/python benchmarks/turn.py [conversations]`.

Starts the server on a fresh SQLite in a temporary folder (rate limits off), plays the same scripted conversation of
questions and a whole proposal one after the other, then the same with eight clients at once.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
SCRIPT = [
    "Hello",
    "What can you tell me about Hebei?",
    "and since when?",
    "Is er in Chongqing nood aan bodemsanering?",
    "/language en",
    "I want to submit a proposal",
    "AquaPura NV",
    "An Peeters",
    "an.peeters@aquapura.be",
    "Ghent",
    "What do you know about Chongqing?",
    "4 and 5",
    "We remove heavy metals from mine water with membranes that need little energy.",
    "skip",
    "alone",
    "no preference",
    "yes",
    "send it",
]


def main() -> None:
    conversations = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cache").symlink_to(ROOT / "var" / "cache")
        environment = os.environ | {"I2PCC_DATA_DIR": folder, "I2PCC_PORT": "0", "I2PCC_RATE_LIMIT": "off"}
        began = time.perf_counter()
        server = subprocess.Popen(
            [ROOT / ".venv/bin/i2pcc"], env=environment, stdout=subprocess.PIPE, text=True, cwd=folder
        )
        try:
            url = next(m[1] for line in server.stdout if (m := re.search(r"ready: (\S+)", line)))
            print(f"ready after {time.perf_counter() - began:.2f} s, {memory(server.pid):.0f} MB")
            converse(url)  # warm
            report(server.pid, url, conversations, clients=1)
            report(server.pid, url, conversations, clients=8)
            print(f"memory at the end {memory(server.pid):.0f} MB")
        finally:
            server.terminate()
            server.wait()


def report(pid: int, url: str, conversations: int, clients: int) -> None:
    cpu, began = processor(pid), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [t for ts in pool.map(lambda _: converse(url), range(conversations)) for t in ts]
    wall = time.perf_counter() - began
    quantiles = statistics.quantiles(times, n=20)
    print(
        f"{clients} clients: {len(times)} turns, {len(times) / wall:.0f} turns/s, "
        f"p50 {statistics.median(times) * 1000:.1f} ms, p95 {quantiles[18] * 1000:.1f} ms, "
        f"CPU {(processor(pid) - cpu) / len(times) * 1000:.1f} ms a turn"
    )


def converse(url: str) -> list[float]:
    times = []
    with httpx.Client(base_url=url, timeout=60) as http:
        opened = http.post("/api/conversations", json={"language": "en"}).json()
        for text in SCRIPT:
            began = time.perf_counter()
            answer = http.post(
                f"/api/conversations/{opened['id']}/messages",
                json={"text": text},
                headers={"Authorization": f"Bearer {opened['token']}"},
            )
            times.append(time.perf_counter() - began)
            answer.raise_for_status()
    if not answer.json()["reference"]:
        raise RuntimeError("the conversation did not end with a reference")
    return times


def memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
