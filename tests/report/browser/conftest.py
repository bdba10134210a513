"""Debian's Chromium, and a site opened from disk: the reader has no server."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harness.claims.check import run_checks
from harness.config.settings import project
from harness.store import Store
from harness.workflow.check import desk_of
from harness.workflow.site import material, write_site
from harness.workflow.verdicts import decide_all, load_ledger
from tests.report.site.material import material as hostile

PACKAGES = ("chromium", "fonts-nanum")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


class Visit:
    """A page and what it said and asked for."""

    def __init__(self, browser: Browser, root: Path, *, scheme: str = "light", width: int = 1366) -> None:
        self.root = root
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: str) -> Page:
        """Go to a page of the site."""
        self.page.goto((self.root / path.partition("#")[0]).as_uri() + "".join(path.partition("#")[1:]))
        return self.page

    @property
    def outside(self) -> list[str]:
        """Requests to anything but the site's own files."""
        return [url for url in self.asked if not url.startswith((self.root.as_uri(), "data:"))]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gone with each file: while Playwright works, no other event loop runs in this thread."""
    if shutil.which("chromium") is None:
        # One at a time: a test beside this one may install Slurm (slurm/local/up.sh) or the same.
        get = 'command -v chromium || (apt-get update && apt-get install -y --no-install-recommends "$@")'
        install = ["flock", "/run/lock/slurm-local-apt", "bash", "-c", get, "install", *PACKAGES]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that pages can show, with texts that attack them."""
    return write_site(hostile(), tmp_path_factory.mktemp("small")).first.parent


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's ledger without a run."""
    folder = tmp_path_factory.mktemp("real")
    store, ledger = Store(folder / "results"), load_ledger()
    decided = decide_all(store, ledger)
    findings = run_checks(desk_of(ledger)).findings
    return write_site(material(store, ledger, decided, findings), folder / "site").first.parent


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """A folder to look at, kept after the tests."""
    folder = project().root / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def visit(browser: Browser, small_site: Path) -> Iterator[Visit]:
    found = Visit(browser, small_site)
    yield found
    found.page.context.close()
