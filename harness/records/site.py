"""What a published site says about itself."""

import re
from typing import Self

from pydantic import model_validator

from harness.records.base import Id, Record

_ADDRESS = re.compile(r"mailto:[^@?\s]+@[^@?\s]+\.[^@?\s]+\?|https?://[^/\s]+/")


class SiteSettings(Record):
    """The settings of configs/site.yaml."""

    address: str | None = None
    """Where the site is published, such as `https://example.org/claims/`; None: no page names its own address."""
    cluster: Id = "h200x8"
    """What measuring a claim would cost is said for this cluster (configs/cluster/)."""
    report: str | None = None
    """Where readers report an error in a claim: `mailto:` with an address, or `https:`; `{claim}` is its id.

    None: pages say in words how to report one.
    """

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        if self.report is not None and ("{claim}" not in self.report or not _ADDRESS.match(self.report)):
            raise ValueError(
                f"`report` is mailto:somebody@example.org?subject={{claim}} or https://…{{claim}}, or null, "
                f"found {self.report!r}"
            )
        if self.address is not None and not (self.address.startswith("http") and self.address.endswith("/")):
            raise ValueError(f"`address` starts with http and ends with /, found {self.address!r}")
        return self
