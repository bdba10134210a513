"""Where weights, items and scoring resources come from: a hub, a Python package or a folder."""

from typing import Literal

from pydantic import Field

from harness.records.base import Record, Sha256


class HubOrigin(Record):
    """A repository of the Hugging Face hub."""

    hub: str
    """Repository id, `owner/name`."""
    revision: str
    """Commit, or the word `unpinned`; manifests repeat it for weights."""
    name: str | None = None
    """Configuration of a data set."""
    names: list[str] = Field(default_factory=list)
    """Several configurations that are read one after the other; each row says in `part` which it is of."""
    split: str | None = None
    """None for a data set that has one split only."""
    member: str | None = None
    """A file in the repository, where one file is meant."""
    file_sha256: Sha256 | None = None
    """SHA-256 of that file."""

    def describe(self) -> str:
        """Return `owner/name@revision`."""
        return f"{self.hub}@{self.revision}"


class PackageOrigin(Record):
    """A file or folder inside the wheel of a Python package, pinned by version and by hash."""

    package: str
    version: str
    sha256: Sha256
    """SHA-256 of the wheel file."""
    member: str
    """Path of the file or folder inside the wheel."""
    file_sha256: Sha256 | None = None
    """SHA-256 of that file, which stands unpacked in the user's cache."""

    def describe(self) -> str:
        """Return `name==version:member`."""
        return f"{self.package}=={self.version}:{self.member}"


class JoinedOrigin(Record):
    """A file that came apart into several packages, whose parts are put together in order."""

    parts: list[PackageOrigin] = Field(min_length=1)
    name: str
    """Of the whole file."""
    sha256: Sha256
    """SHA-256 of the whole file."""

    def describe(self) -> str:
        """Return the packages and the file they make."""
        first, last = self.parts[0], self.parts[-1]
        return f"{first.package}=={first.version} to {last.package}=={last.version}:{self.name}"


class FolderOrigin(Record):
    """A file or folder on this machine; `root: data` puts it below HARNESS_DATA."""

    folder: str
    """A path; for items also a pattern such as `bbh/*.json`: each row says in `part` which file it is of."""
    root: Literal["data", "path"] = "path"
    sha256: Sha256 | None = Field(default=None)
    """SHA-256 of the file, or of the list of names and hashes where a pattern finds several; folders of weights
    are pinned by their fingerprint in the manifest."""
    member: str | None = None
    """Items inside a zip file: a name or a pattern."""
    columns: list[str] = Field(default_factory=list)
    """Names of the columns where a CSV file has no header."""

    def describe(self) -> str:
        """Return the path below HARNESS_DATA, or the folder's name: no path of a machine."""
        return f"$HARNESS_DATA/{self.folder}" if self.root == "data" else self.folder.rstrip("/").split("/")[-1]


Origin = HubOrigin | PackageOrigin | JoinedOrigin | FolderOrigin
