"""What a published site says about itself."""

from typing import Self

from pydantic import model_validator

from harness.records.base import Record


class SiteSettings(Record):
    """The settings of configs/site.yaml."""

    address: str | None = None
    """Where the site is published, such as `https://example.org/claims/`; None: no page names its own address."""
    report: str
    """Where readers report an error in a claim: a `mailto:` or `https:` address; `{claim}` stands for its id."""

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        if not self.report.startswith(("mailto:", "https://", "http://")) or "{claim}" not in self.report:
            raise ValueError(f"`report` starts with mailto: or https: and holds {{claim}}, found {self.report!r}")
        if self.address is not None and not (self.address.startswith("http") and self.address.endswith("/")):
            raise ValueError(f"`address` starts with http and ends with /, found {self.address!r}")
        return self
