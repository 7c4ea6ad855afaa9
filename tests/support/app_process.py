"""The app as a process of its own, and the browser, for the browser tests and the bench."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
APP = ROOT / "streamlit_app.py"
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
    "--process-per-site",
]
"""The microphone hears a beep now and then, and nobody is asked whether it may. The tabs of the app share a
process, which has the page's code already."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium_path() -> str | None:
    """The system's Chromium; None where Playwright's own is to be used."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class AppServer:
    """`streamlit run` on a free port, as a context manager. It can be killed and started again on the same port."""

    def __init__(self, settings: Mapping[str, str] | None = None, script: Path = APP) -> None:
        self._settings, self._script = dict(settings or {}), script
        self.port = free_port()
        self.log = Path(tempfile.mkstemp(suffix=".log")[1])

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Returns when the server answers; RuntimeError with its log when it does not."""
        ours = ("OPENAI_", "CHAT_", "STREAMLIT_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | self._settings
        options = {"server.port": self.port, "server.headless": "true", "server.fileWatcherType": "none"}
        command = [sys.executable, "-m", "streamlit", "run", str(self._script)]
        command += [f"--{name}={value}" for name, value in options.items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"The app did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                return True
        except OSError:
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process; SIGKILL gives it no chance to say anything."""
        self._process.send_signal(how)
        self._process.wait(timeout=10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop(signal.SIGKILL)
        self.log.unlink()
