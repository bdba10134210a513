"""From a page's data to HTML in one language."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.records import Outcome
from harness.records.site import SiteSettings
from harness.report.marks import MARKS
from harness.report.plan import hours
from harness.report.site.cards import Faces, told
from harness.report.site.page import Card, Page
from harness.report.site.text import finalize
from harness.report.site.words import LANGUAGES, Language, Words, words

MENU = ("overview", "claims", "models", "sources", "benchmarks", "methods", "data")
_PATHS = {"overview": "index"}


def _assets() -> dict[str, str]:
    folder = files("harness.report.site") / "assets"
    return {item.name: item.read_text(encoding="utf-8") for item in sorted(folder.iterdir(), key=lambda i: i.name)}


ASSETS: dict[str, str] = _assets()
"""Files that pages share, by name."""


class Renderer:
    """Draws pages."""

    def __init__(self, settings: SiteSettings) -> None:
        self.settings = settings

    def html(self, page: Page, language: Language) -> str:
        """Return a page in one language."""
        catalogue = words(language)
        return (
            _environment(language)
            .get_template(page.template)
            .render(
                {
                    **page.data,
                    **page.extras(catalogue),
                    "page": page,
                    "up": "../" * page.path.count("/"),
                    "address": self.settings.address,
                    "other": next(each for each in LANGUAGES if each != language),
                    "card": None if page.card is None else card_path(page, language),
                }
            )
        )

    def card(self, card: Card, language: Language, found: Faces) -> str:
        """Return the SVG of a card in one language, in English where the fonts lack Hangul."""
        shown = found.language(language)
        return _environment(shown).get_template("card.svg").render(told(card, words(shown), found))

    def root(self) -> str:
        """Return the page at the root, which leads to a language without asking anybody."""
        return _environment("en").get_template("root.html").render()


def card_path(page: Page, language: Language) -> str:
    """Return the address of a page's card below the site."""
    return f"cards/{language}/{page.path}.png"


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.report.site"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    catalogue = words(language)
    environment.globals.update(
        t=catalogue,
        lang=language,
        mark=_marker(catalogue),
        menu=[(name, f"{_PATHS.get(name, name)}") for name in MENU],
        order=list(MARKS),
        rank=_rank,
        hours=hours,
        compact=_compact,
        size=_size,
    )
    return environment


def _marker(catalogue: Words) -> Callable[..., Markup]:
    @cache
    def mark(outcome: Outcome, count: int | None = None) -> Markup:
        """Return a verdict's mark: shape, word and colour; with a count, where one is given."""
        number = "" if count is None else Markup(" <b>{}</b>").format(f"{count:,}")
        return Markup('<span class="mark {}"><span aria-hidden="true">{}</span> {}{}</span>').format(
            outcome, MARKS[outcome].shape, catalogue.of("verdict", outcome), number
        )

    return mark


def _rank(outcome: Outcome | None) -> int:
    """Return the place of a verdict where a table is sorted by it: what is decided first."""
    return len(MARKS) if outcome is None else list(MARKS).index(outcome)


def _size(number: int) -> str:
    """Return a size in two digits or more, such as `4.7 kB`."""
    value, unit = float(number), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"


def _compact(number: float | None, digits: int = 4) -> str:
    """Return a number in a few digits; parameters and the like in millions and billions."""
    if number is None:
        return "–"
    for size, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if abs(number) >= size:
            return f"{number / size:.4g}{suffix}"
    return f"{number:,.{digits}g}" if abs(number) < 10**digits else f"{number:,.0f}"
