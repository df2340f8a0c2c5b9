"""A browser, and services for it to look at. This suite runs in an environment of its own, `.tools/page`."""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.page.gateway import gateway

PROJECT = Path(__file__).parent.parent.parent
PYTHON = PROJECT / ".venv" / "bin" / "python"
PATIENCE = 30_000
"""Milliseconds to wait for what a test expects to see: a busy machine may take several seconds."""
SCREENSHOTS = PROJECT / "build" / "screenshots"
FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; CHROMIUM names another."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.fail("These tests need Chromium: install it (on Debian: apt-get install chromium), or set CHROMIUM.")
    expect.set_options(timeout=PATIENCE)
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The URL where a model of `tests.served_models` is served; started when first asked for, ended with the suite."""
    urls: dict[str, str] = {}
    with ExitStack() as running:

        def serve(model: str) -> str:
            if model not in urls:
                urls[model] = running.enter_context(_Service(model, tmp_path_factory.mktemp(model)))
            return urls[model]

        yield serve


class _Service:
    """One process that serves one model."""

    def __init__(self, model: str, folder: Path) -> None:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            port: int = bound.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        self.command = [str(PYTHON), "-m", "tests.page.serve_model", model, str(folder), str(port)]

    def __enter__(self) -> str:
        with self.log.open("w") as output:
            self.process = subprocess.Popen(self.command, cwd=PROJECT, stdout=output, stderr=output)
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                    return self.url
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.process.kill()
                    raise RuntimeError(f"The service did not start: {self.log.read_text()}") from None
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="session")
def stage(service: Callable[[str], str]) -> Iterator[str]:
    """Iris as it is deployed: below /Prod/, with a key for all but the pages."""
    with gateway(service("iris")) as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of this test's own that may use the clipboard."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test where a script fails, the policy stops something, or anything foreign is asked for."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type in ("error", "warning") and "Failed to load resource" not in said.text
            else None
        ),
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert complaints == []
    foreign = [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert foreign == []


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures for people go."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
