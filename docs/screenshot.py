"""Makes docs/screenshot.png and docs/screenshot-phone.png: `python docs/screenshot.py`, with the test tools installed.

Starts the sample dealership in a folder of its own, signs in as the service manager, and looks: at the desk on a
desktop, at its most urgent complaint on a phone.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # tests/ isn't installed

from tests.machine import find_chromium, free_port  # noqa: E402

PATIENCE = 180  # seconds to fill and start
DESKTOP, PHONE = (1280, 800), (390, 844)


@contextmanager
def dealership(password: str) -> Iterator[str]:
    """The address of a sample dealership that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wenguo-screenshot-") as home:
        port = free_port()
        ours = {key: value for key, value in os.environ.items() if not key.startswith(("WENGUO_", "DATABASE_"))}
        serving = subprocess.Popen(
            [sys.executable, "-m", "wenguo", "serve", "--demo", "--port", str(port)],
            cwd=DOCS.parent, env=ours | {"WENGUO_HOME": home, "WENGUO_DEMO_PASSWORD": password},
        )  # fmt: skip
        try:
            wait(f"http://127.0.0.1:{port}", serving)
            yield f"http://127.0.0.1:{port}"
        finally:
            serving.terminate()
            serving.wait()


def wait(url: str, serving: subprocess.Popen) -> None:
    """Returns once the server answers."""
    until = time.monotonic() + PATIENCE
    while serving.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the sample dealership doesn't answer")


def shoot(browser: Browser, url: str, password: str, size: tuple[int, int], file: str, *, open_case: bool) -> None:
    """One picture of the manager's desk, or of the first complaint on it."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page.goto(f"{url}/login/")
    page.fill("[name=username]", "manager")
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{url}/")
    if open_case:
        address = page.locator("main a[href*='/cases/']:not([href='/cases/new'])").first.get_attribute("href")
        page.goto(f"{url}{address}")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=DOCS / file)
    page.close()


def main() -> None:
    chromium = find_chromium()
    if not chromium:
        raise SystemExit("no Chromium on this machine: run python -m tests.machine")
    password = secrets.token_urlsafe(12)
    with dealership(password) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shoot(browser, url, password, DESKTOP, "screenshot.png", open_case=False)
        shoot(browser, url, password, PHONE, "screenshot-phone.png", open_case=True)
        browser.close()


if __name__ == "__main__":
    main()
