"""An instructor and students on one machine: accounts, an exchange, a JupyterLab for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from accounts import Account
from jupyter_process import JupyterProcess, jupyter_home
from logged_in import logged_in, tab
from playwright.sync_api import Browser, Page

WORK = "work"  # in each home: what JupyterLab shows
LOOKS_WRONG = ("Traceback", "404 : Not Found", "500 : Internal", "There was an error", "undefined")


@dataclass
class Person:
    """Somebody at their JupyterLab."""

    account: Account
    server: JupyterProcess
    page: Page
    pictures: Path

    @property
    def work(self) -> Path:
        return self.account.home / WORK

    def look(self, name: str, *, expected: Sequence[str] = ()) -> None:
        """Take a picture of the page, on which nothing may look wrong but what is expected."""
        path = self.pictures / f"{name}_{self.account.name}.png"
        self.page.screenshot(path=path, animations="disabled")
        text = self.page.locator("body").inner_text()
        wrong = [word for word in LOOKS_WRONG if word in text and word not in expected]
        assert not wrong, f"{path} shows {wrong}"
        assert len(text) > 100, f"{path} shows next to nothing: {text}"


@contextmanager
def at_work(
    people: Sequence[Account], exchange: Path, chromium: Browser, pictures: Path
) -> Iterator[dict[str, Person]]:
    """Start `dl30 lab` for each, all at the same time, and log each in with a browser tab."""
    servers = [_start(account, exchange) for account in people]
    try:
        with ExitStack() as tabs:
            found = {}
            for account, server in zip(people, servers, strict=True):
                server.wait_ready()
                page = tabs.enter_context(tab(tabs.enter_context(logged_in(chromium, server))))
                found[account.name] = Person(account, server, page, pictures)
            yield found
    finally:
        left = [command for server in servers for command in server.stop()]
        for account, server in zip(people, servers, strict=True):
            (pictures / f"{account.name}.log").write_text(server.log)
    assert not left, f"these processes outlived their servers: {left}"


def _start(account: Account, exchange: Path) -> JupyterProcess:
    environment = account.environment | jupyter_home(account.home)
    (account.home / WORK).mkdir(exist_ok=True)
    account.own(account.home)
    lab = [*account.dl30, "lab", "--exchange", str(exchange)]
    return JupyterProcess(account.home / WORK, environment, lab)
