"""A real browser without a window, and what tests ask of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from tests.needs import needs

WAIT = 20.0
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # It must talk to nobody but the daemon.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
Value = TypeVar("Value")


class Browser:
    """Chromium, one page at a time."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str, *, width: int = 1200, height: int = 800, dark: bool = False) -> None:
        """Show a page in a tab of its own, closing what was open; `width` and `height` are of its inside."""
        before = self.driver.current_window_handle
        self.driver.switch_to.new_window("tab")
        tab = self.driver.current_window_handle
        self.driver.switch_to.window(before)
        self.driver.close()
        self.driver.switch_to.window(tab)
        # What other pages left behind is of no concern.
        self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])
        self.driver.get(address)

    def command(self, name: str, **values: Any) -> Any:
        """A command of the browser's own protocol."""
        return self.driver.execute_cdp_cmd(name, values)

    def find(self, selector: str) -> WebElement:
        """The first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """The text content of all elements of a CSS selector."""
        texts = self.run(
            "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)", selector
        )
        assert isinstance(texts, list)
        return texts

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script on the page returns."""
        return self.driver.execute_script(script, *arguments)

    def press(self, selector: str) -> None:
        """Click a button, once it is enabled."""
        self.until(lambda: self.find(selector).is_enabled() and self.find(selector).is_displayed())
        self.find(selector).click()

    def let_clipboard_be_read(self, address: str) -> None:
        """Let the test read the clipboard while a page of this address is open; pages can only write to it."""
        self.command("Browser.grantPermissions", permissions=["clipboardReadWrite"], origin=address.rstrip("/"))

    def clipboard(self, where: str = "navigator.clipboard") -> str:
        """The text in the clipboard."""
        text = self.driver.execute_async_script(f"{where}.readText().then(arguments[0], arguments[0])")
        assert isinstance(text, str), text
        return text

    def until(self, condition: Callable[[], Value], limit: float = WAIT) -> Value:
        """Wait until `condition` gives something true; returns it."""
        end = time.monotonic() + limit
        while not (value := condition()):
            assert time.monotonic() < end, f"waited in vain; the page says: {self.find('body').text}"
            time.sleep(0.05)
        return value

    def complaints(self) -> list[str]:
        """What the browser said against the page so far: faults of its script, and what its policy forbids."""
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if "WebSocket connection" not in entry["message"]]


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with nothing of the tester's in it; a skip where Debian's is not installed."""
    options = webdriver.ChromeOptions()
    options.binary_location = needs("chromium", package="chromium")
    service = Service(needs("chromedriver", package="chromium-driver"))
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as folder:
        for argument in (*_ARGUMENTS, f"--user-data-dir={folder}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=service)
        driver.set_script_timeout(WAIT)
        try:
            yield Browser(driver)
        finally:
            driver.quit()
