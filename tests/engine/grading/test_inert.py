"""What a student writes becomes no markup in nbgrader's pages, and stays readable."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.grading.inert import inert

PICTURES = {"a.png": {"image/png": "AAAA"}}
# What Markdown itself makes; all else would be the student's.
TAGS = set(
    "p a img em strong code pre div span h1 h2 h3 h4 h5 h6 ul ol li blockquote hr br del input "
    "table thead tbody tr th td dl dt dd".split()
)
ATTRIBUTES = set("href src alt title class id style type disabled checked start".split())
RUNS = re.compile(r"[\x00-\x20]*(?:javascript|vbscript|data|file):", re.IGNORECASE)
PIECES = (
    "<img src=x onerror=y>", "<script>", "</p>", "<!--", "-->", "<?x", "<svg/onload=y>", "<", ">",
    "[a](javascript:y)", "[a](java&#115;cript:y)", "![a](data:text/html,y)", "[a](", ")",
    "[r]: JavaScript\\:y\n\n[r]\n\n", "[a](<vbscript&colon;y>)", "![a](attachment:a.png)",
    "![a](attachment:b.png)", "![a](attachment\\:b.png)", "![a](", "javascript:y", "&lt;", "&",
    "\\", ":", "`", "```\n", "```mermaid\n", "$", "$$", "\n", "\n\n", '"', "'", "=", "* ", "> ",
    "# ", "| a | b |\n|---|---|\n", "    ", "\t", "word", "<https://x.y>", "https://x.y/<b>",
)  # fmt: skip


class Seen(HTMLParser):
    """The start tags, attributes and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def page_of(text: str) -> str:
    renderer = IPythonRenderer(escape=False, attachments=PICTURES)
    return MarkdownWithMath(renderer=renderer).render(inert(text, PICTURES))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_nothing_of_a_students_runs(text: str) -> None:
    seen = Seen()
    seen.feed(page_of(text))
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert {link for link in seen.links if RUNS.match(link)} <= {"data:image/png;base64,AAAA"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("if `i<n` and j<m", "if `i< n` and j< m"),
        ("$a \\le b$ & c, x < y", "$a \\le b$ & c, x < y"),
        ("the data: a, b", "the data: a, b"),
        ("![plot](attachment:a.png)", "![plot](attachment:a.png)"),
        ("![lost](attachment:b.png)", "![lost](attachment :b.png)"),
    ],
)
def test_a_text_stays_readable(text: str, shown: str) -> None:
    assert inert(text, PICTURES) == shown
