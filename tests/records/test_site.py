import pytest
from pydantic import ValidationError

from harness.config.settings import load_site, project
from harness.records.site import SiteSettings


def test_the_sites_settings_are_readable():
    assert load_site(project().configs).report is None


@pytest.mark.parametrize(
    "report", ["https://example.org/new?title={claim}", "mailto:errors@example.org?subject={claim}"]
)
def test_readers_can_report_by_form_or_by_mail(report: str):
    assert SiteSettings(report=report).report == report


@pytest.mark.parametrize(
    "wrong",
    [
        {"report": "javascript:alert({claim})"},
        {"report": "https://example.org/new"},
        {"report": "mailto:?subject={claim}"},
        {"report": "https:///new?title={claim}"},
        {"address": "https://example.org/site"},
        {"address": "//example.org/"},
    ],
)
def test_addresses_that_cannot_be_followed_are_refused(wrong: dict[str, str]):
    with pytest.raises(ValidationError):
        SiteSettings(**wrong)
