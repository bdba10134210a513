import pytest
from pydantic import ValidationError

from harness.config.settings import load_site, project
from harness.records.site import SiteSettings


def test_the_sites_settings_are_readable():
    assert "{claim}" in load_site(project().configs).report


@pytest.mark.parametrize(
    "wrong",
    [
        {"report": "javascript:alert({claim})"},
        {"report": "https://example.org/new"},
        {"report": "mailto:?subject={claim}", "address": "https://example.org/site"},
        {"report": "mailto:?subject={claim}", "address": "//example.org/"},
    ],
)
def test_addresses_that_cannot_be_followed_are_refused(wrong: dict[str, str]):
    with pytest.raises(ValidationError):
        SiteSettings(**wrong)
