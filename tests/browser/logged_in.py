"""Browser contexts that are logged in to one server and reach nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_process import JupyterProcess
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

PATIENCE = 30_000.0  # milliseconds, on a machine that runs other tests as well
# The formgrader's page of a submission stops half-way when it cannot load MathJax from its network.
NO_MATHJAX = """
window.MathJax = {Hub: {
    Config() {}, Queue() {}, Startup: {signal: {Interest(tell) { tell("End"); }}}
}};
"""


@contextmanager
def logged_in(chromium: Browser, server: JupyterProcess) -> Iterator[BrowserContext]:
    """A context that reaches the server and files."""

    def refuse(route: Route) -> None:
        if "mathjax" in route.request.url.lower():
            route.fulfill(body=NO_MATHJAX, content_type="text/javascript")
        else:
            route.abort()

    found = chromium.new_context(viewport={"width": 1300, "height": 950})
    found.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    found.route(lambda url: not url.startswith((server.url, "file:", "blob:", "data:")), refuse)
    found.request.get(f"{server.url}api/status", params={"token": server.token})
    yield found
    found.close()


@contextmanager
def tab(context: BrowserContext) -> Iterator[Page]:
    """A new tab; an error in a page's own script fails the test that holds it."""
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert errors == []
