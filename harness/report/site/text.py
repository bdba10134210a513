"""Text of others on a page: nothing in it acts, nothing hides."""

import re
from collections.abc import Iterable
from typing import Any

MOST = 4000
"""Characters of one answer that a page shows."""
# Control characters but tab and line feed, halves of surrogate pairs, and what turns or hides text: marks and
# overrides of direction, spaces without width, separators, tags.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return `text` with the names of characters that act or hide in their places, such as `⟨U+202E⟩`."""
    return _HIDDEN.sub(_name, text) if _HIDDEN.search(text) else text


def _name(found: re.Match[str]) -> str:
    return "" if found[0] == "\r" else f"⟨U+{ord(found[0]):04X}⟩"


def finalize(value: Any) -> Any:
    """Return what a template prints for a value: text made visible; markup of the templates passes."""
    return visible(value) if type(value) is str else value


def cut(text: str, most: int = MOST) -> dict[str, Any]:
    """Return `text` made visible and cut to `most` characters, how many of them are shown, and how many it had."""
    return {"text": visible(text[:most]), "shown": min(most, len(text)), "characters": len(text)}


_PLACES = re.compile(
    r"""
      \b[a-z][a-z0-9+.-]*://\S+            # addresses
    | [^\s@'"]+@[^\s@'"]+                  # users at machines
    | (?<![\w.])~?(?:/[^\s/:;,'")\]]+)+/?  # files: absolute, or below a home
    | \b[A-Za-z]:\\[^\s'"]+
    | (?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.])
    | (?<![\w:])\[?(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\]?(?::\d+)?(?!\w)
    | \b[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*:\d{2,5}\b   # a port of a machine
    | \b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:local|internal|lan|cluster|edu|com|org|net|gov|io|ai|kr|jp|de|uk|ac)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What names a machine, a folder or a user of one."""


def without_places(text: str, machines: Iterable[str] = ()) -> str:
    """Return `text` with `…` for folders, addresses and the names of `machines`, whole or to their first dot."""
    names = {part for name in machines for part in (name, name.partition(".")[0]) if part}
    found = _PLACES.sub("…", text)
    for name in sorted(names, key=len, reverse=True):
        found = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "…", found)
    return found
