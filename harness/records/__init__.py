"""The vocabulary of the house: frozen records that cross room borders."""

from harness.records.base import Record
from harness.records.benchmark import Benchmark, Resource, Score
from harness.records.claim import Claim, ClaimKind, KnownProtocol, Says
from harness.records.model import Deviation, Licence, Model, Weights
from harness.records.origin import FolderOrigin, HubOrigin, Origin, PackageOrigin
from harness.records.protocol import Decoding, Protocol
from harness.records.run import Manifest, RunIdentity
from harness.records.sample import Answer, Request, Sample, Status, item_id
from harness.records.source import Source
from harness.records.suite import Serving, Suite, SuiteTask
from harness.records.verdict import Gate, Measurement, Outcome, Verdict

__all__ = [
    "Answer",
    "Benchmark",
    "Claim",
    "ClaimKind",
    "Decoding",
    "Deviation",
    "FolderOrigin",
    "Gate",
    "HubOrigin",
    "KnownProtocol",
    "Licence",
    "Manifest",
    "Measurement",
    "Model",
    "Origin",
    "Outcome",
    "PackageOrigin",
    "Protocol",
    "Record",
    "Request",
    "Resource",
    "RunIdentity",
    "Sample",
    "Says",
    "Score",
    "Serving",
    "Source",
    "Status",
    "Suite",
    "SuiteTask",
    "Verdict",
    "Weights",
    "item_id",
]
