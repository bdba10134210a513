"""The words of the interface, one catalogue per language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from markupsafe import Markup, escape

from harness.records import Says
from harness.report.site.text import visible

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


@dataclass(frozen=True)
class Words:
    """What the interface says in one language."""

    language: Language
    texts: Mapping[str, Any]
    """A text by its key; a mapping is a group of names, such as those of the verdicts."""
    phrases: Mapping[str, str]
    """Phrases of the ledger, which are written in English, in this language."""

    def __call__(self, key: str, **values: Any) -> str:
        """Return a text with its values filled in; `one|many` is chosen by `n`. Raises KeyError for a key that is not there."""
        text: str = self.texts[key]
        if "|" in text:
            one, many = text.split("|")
            text = one if values["n"] == 1 else many
        filled = {k: f"{v:,}" if isinstance(v, int) else v for k, v in values.items()}
        return text.format(**filled) if filled else text

    def of(self, group: str, name: str) -> str:
        """Return a name of a group; a name that the catalogue does not know is returned as it is, without `_`."""
        found: str | None = self.texts["names"][group].get(name)
        return found if found is not None else name.replace("_", " ")

    def says(self, both: Mapping[str, str] | Says) -> str:
        """Return a sentence of a record in this language."""
        text: str = getattr(both, self.language) if isinstance(both, Says) else both[self.language]
        return text

    def phrase(self, text: str) -> str:
        """Return a phrase of the ledger in this language; one without a translation is marked as English."""
        if self.language == "en":
            return text
        found = self.phrases.get(text)
        return found if found is not None else Markup('<span lang="en">{}</span>').format(escape(visible(text)))

    def date(self, iso: str | None) -> str:
        """Return an ISO date, which may be partial, as people write it; an unknown one is said to be."""
        if iso is None:
            return self("undated")
        year, month, day = [*iso[:10].split("-"), "", ""][:3]
        if self.language == "ko":
            return f"{year}년" + (f" {int(month)}월" if month else "") + (f" {int(day)}일" if day else "")
        return " ".join(part for part in (str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year) if part)


@cache
def words(language: Language) -> Words:
    """Return the catalogue of a language."""
    folder = files("harness.report.site") / "words"
    texts = yaml.safe_load((folder / f"{language}.yaml").read_text(encoding="utf-8"))
    phrases = folder / f"phrases.{language}.yaml"
    known = yaml.safe_load(phrases.read_text(encoding="utf-8")) if phrases.is_file() else {}
    return Words(language, texts, known)
