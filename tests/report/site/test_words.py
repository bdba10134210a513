import re
from importlib.resources import files
from typing import Any, get_args

import pytest

from harness.claims.checks import CHECKS
from harness.config.settings import load_benchmarks, project
from harness.records import SEVERITIES, Outcome, Status
from harness.records.benchmark import Benchmark
from harness.records.claim import TEXT_UNITS, ClaimKind, Hedge, Mode
from harness.records.source import Source, SourceKind
from harness.records.units import UNITS
from harness.report.site.words import LANGUAGES, both, words
from harness.workflow.verdicts import load_ledger

EN, KO = (words(language) for language in LANGUAGES)
SOURCES = "\n".join(
    path.read_text()
    for path in (project().root / "harness/report/site").rglob("*")
    if path.suffix in (".html", ".py") and path.name != "words.py"
)


def flat(texts: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found = {}
    for key, value in texts.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def test_every_word_stands_in_both_languages():
    assert flat(EN.texts).keys() == flat(KO.texts).keys()


def test_both_languages_fill_in_the_same_values():
    holes = {key: set(re.findall(r"{(\w+)}", text)) for key, text in flat(EN.texts).items()}
    assert holes == {key: set(re.findall(r"{(\w+)}", text)) for key, text in flat(KO.texts).items()}


def test_every_word_is_used():
    used = set(re.findall(r'"([a-z_0-9]+)"', SOURCES))
    unused = {key for key in EN.texts if key not in used and not key.startswith("only_")}
    assert unused == {"undated", "comparators_gate"}  # of words.py itself
    groups = set(re.findall(r'\.of\([\'"](\w+)', SOURCES))
    assert EN.texts["names"].keys() == groups | {"gate"}  # of words.py itself


def test_every_word_that_is_used_exists():
    used = set(re.findall(r'\bt\("(\w+)"', SOURCES)) | set(re.findall(r'\bwords\("(\w+)"', SOURCES))
    assert used - EN.texts.keys() == {"only_", *LANGUAGES} & used


def test_korean_texts_are_in_korean():
    names = {"other_language", "names.check.grim"}
    foreign = {
        key for key, text in flat(KO.texts).items() if text and not re.search("[가-힣]", text) and key not in names
    }
    assert foreign == {"names.source_kind.readme"}


def test_every_word_of_the_glossary_has_its_meaning_and_is_marked_on_pages():
    assert EN.texts["names"]["term"].keys() == EN.texts["names"]["meaning"].keys()
    marked = set(re.findall(r'\bterm\("(\w+)"', SOURCES))
    assert marked <= EN.texts["names"]["term"].keys()
    assert EN.texts["names"]["term"].keys() - marked == {"lane"}


def test_a_unit_has_a_name_in_both_languages():
    assert all(unit.ko for name, unit in UNITS.items() if name not in TEXT_UNITS)
    assert (EN.behind("percent"), KO.behind("rank"), KO.behind("tokens")) == (" %", "위", " 토큰")


def test_a_gate_on_a_comparators_run_says_so():
    assert (EN.gate("comparator's empty"), KO.gate("empty")) == (
        "comparator: empty answers",
        KO.of("gate", "empty"),
    )


@pytest.mark.parametrize(
    ("group", "members"),
    [
        ("verdict", get_args(Outcome)),
        ("when", get_args(Outcome)),
        ("kind", get_args(ClaimKind)),
        ("mode", get_args(Mode)),
        ("hedge", get_args(Hedge)),
        ("source_kind", get_args(SourceKind)),
        ("party", get_args(Source.model_fields["party"].annotation)),
        ("read", get_args(Source.model_fields["read"].annotation)),
        ("severity", SEVERITIES),
        ("status", get_args(Status)),
        ("access_kind", get_args(Benchmark.model_fields["access"].annotation)),
        ("redistribution", get_args(Benchmark.model_fields["redistribution"].annotation)),
        ("check", [check.name for check in CHECKS]),
    ],
)
def test_everything_that_records_can_say_has_a_name(group: str, members: Any):
    assert set(members) == set(EN.texts["names"][group])


def test_every_phrase_of_the_ledger_has_its_korean():
    claims = load_ledger().claims
    phrases = {claim.untestable for claim in claims} | {claim.source.title for claim in claims}
    phrases |= {
        name.replace("_", " ") for claim in claims for name in (*claim.protocol.known, *claim.protocol.unstated)
    }
    phrases |= {text for check in CHECKS for text in (check.shows, check.cannot_show)}
    assert [text for text in phrases - {None} if "lang=" in str(KO.phrase(text))] == []


def test_a_phrase_without_a_translation_is_marked_as_english_and_inert():
    assert KO.phrase("<b>new</b>") == '<span lang="en">&lt;b&gt;new&lt;/b&gt;</span>'
    assert EN.phrase("<b>new</b>") == "<b>new</b>"


def test_a_phrase_may_hold_a_name():
    name = load_benchmarks(project().configs)["hle"].names[0]
    assert KO.phrase(f"{name} (not checked)") == f"{name}(확인하지 않음)"
    assert KO.phrase("네이버 (not a phrase)") == "네이버 (not a phrase)"


@pytest.mark.parametrize(
    ("iso", "en", "ko"),
    [
        ("2026-02-06", "6 February 2026", "2026년 2월 6일"),
        ("2026-11-22T17:00:00.000+00:00", "22 November 2026", "2026년 11월 22일"),
        ("2026-01", "January 2026", "2026년 1월"),
        ("2025", "2025", "2025년"),
        (None, "undated", "날짜 미상"),
    ],
)
def test_dates_are_written_as_people_do(iso: str | None, en: str, ko: str):
    assert (EN.date(iso), KO.date(iso)) == (en, ko)


def test_one_is_not_many():
    assert (EN("n_claims", n=1), EN("n_claims", n=1134), KO("n_claims", n=1134)) == (
        "1 claim",
        "1,134 claims",
        "주장 1,134건",
    )


def test_names_of_makers_are_known_in_both_languages():
    assert both("SK Telecom consortium").ko == "SK텔레콤 컨소시엄"
    assert both("K-EXAONE").ko == "K-EXAONE"


def test_the_catalogues_come_with_the_package():
    assert (files("harness.report.site") / "words" / "ko.yaml").is_file()
