"""A PostgreSQL cluster for the tests: in a folder of its own, on a unix socket, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _program(name: str) -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(installed[0]) if installed else shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is missing: install PostgreSQL (Debian: apt-get install postgresql)")
    return found


def _run(*command: str) -> None:
    # PostgreSQL refuses to run as root.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, timeout=60, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster; yields the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="i2pcc-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    pg_ctl = _program("pg_ctl")
    try:
        _run(_program("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -F"
        _run(pg_ctl, "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
        try:
            yield str(folder)
        finally:
            _run(pg_ctl, "stop", "-w", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restart(socket: str) -> None:
    """Crash a running cluster and start it again. `socket` is the folder that `cluster` gave."""
    _run(_program("pg_ctl"), "restart", "-w", "-m", "immediate", "-D", f"{socket}/data", "-l", f"{socket}/log")
