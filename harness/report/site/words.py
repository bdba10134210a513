"""The words of the interface, one catalogue per language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import yaml
from markupsafe import Markup

from harness.records import Says
from harness.records.units import behind, metric_name
from harness.report.site.text import visible

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
_ENGLISH = re.compile(r"^(?=.*[A-Za-z])[^가-힣]*$", re.DOTALL)
"""A text with Latin letters and no Hangul."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
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
        """Return a text with its values filled in; `n` chooses of `one|many`; KeyError for an unknown key."""
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
        found = text if self.language == "en" or not _ENGLISH.search(text) else self._translated(text)
        return found if found is not None else Markup('<span lang="en">{}</span>').format(visible(text))

    def behind(self, unit: str) -> str:
        """Return what stands behind a number in this unit."""
        return self.says(behind(unit))

    def metric(self, metric: str) -> str:
        """Return what a metric that a source names is called."""
        return self.says(metric_name(metric))

    def gate(self, gate: str) -> str:
        """Return the name of a gate; one on a comparator's run says so."""
        whose, _, name = gate.rpartition("'s ")
        told = self.of("gate", name)
        return self("comparators_gate", gate=told) if whose else told

    def name(self, text: str) -> str:
        """Return a name in this language; most are the same in all."""
        return self.phrases.get(text, text)

    def _translated(self, text: str) -> str | None:
        """Return the translation of a phrase; one with `{}` stands for whatever text is in its place."""
        found = self.phrases.get(text)
        if found is not None:
            return found
        for before, after, meaning in self._patterns:
            if text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after):
                return meaning.replace("{}", text[len(before) : len(text) - len(after)])
        return None

    @cached_property
    def _patterns(self) -> list[tuple[str, str, str]]:
        """What stands before and after a name, and the translation."""
        parts = [(*pattern.partition("{}"), meaning) for pattern, meaning in self.phrases.items()]
        return [(before, after, meaning) for before, hole, after, meaning in parts if hole]

    def date(self, iso: str | None) -> str:
        """Return an ISO date, which may be partial, as people write it; an unknown one is said to be."""
        if iso is None:
            return self("undated")
        year, month, day = [*iso[:10].split("-"), "", ""][:3]
        if self.language == "ko":
            return f"{year}년" + (f" {int(month)}월" if month else "") + (f" {int(day)}일" if day else "")
        return " ".join(
            part for part in (str(int(day)) if day else "", _MONTHS[int(month) - 1] if month else "", year) if part
        )


@cache
def words(language: Language) -> Words:
    """Return the catalogue of a language."""
    folder = files("harness.report.site") / "words"
    texts = yaml.safe_load((folder / f"{language}.yaml").read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    for name in ("phrases", "notes"):
        file = folder / f"{name}.{language}.yaml"
        known |= yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return Words(language, texts, known)


def both(name: str) -> Says:
    """Return a name or a phrase of the ledger as a sentence of every language."""
    return Says(**{language: words(language).name(name) for language in LANGUAGES})
