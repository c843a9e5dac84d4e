"""Students' texts, made harmless for the pages that show them.

nbgrader's formgrader and feedback pages put the HTML of a text cell into the page as it is, and
what runs in the formgrader's page can do whatever its reader can do in Jupyter. So a blank goes in
wherever HTML, or a link that runs something, could begin: then it is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=[A-Za-z#])")
# Nothing can stand between scheme and colon but a backslash, which Markdown takes away.
_SCHEME = re.compile(r"(?:javascript|vbscript|data|file)(?=\\?:\S)", re.IGNORECASE)
_PICTURE = re.compile(r"attachment(?P<rest>\\?:(?P<name>[^\s)]*))")
_PLAIN_NAME = re.compile(r"[\w.-]+", re.ASCII)


def inert(text: str, pictures: Collection[str] = ()) -> str:
    """The Markdown or raw text without HTML, character references and links to scripts.

    Of its attachments only `pictures` stay: nbconvert gives up the page for one that is missing.
    """

    def keep(found: re.Match[str]) -> str:
        known = found["name"] in pictures and _PLAIN_NAME.fullmatch(found["name"])
        return found[0] if known else f"attachment {found['rest']}"

    for pattern in (_TAG, _ENTITY, _SCHEME):
        text = pattern.sub(r"\g<0> ", text)
    return _PICTURE.sub(keep, text)
