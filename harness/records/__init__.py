"""The vocabulary of the house: frozen records that cross room borders."""

from harness.records.architecture import Architecture
from harness.records.audit import Audit, ErrorRate, PlantedRow
from harness.records.base import Record
from harness.records.benchmark import Benchmark, Resource, Score
from harness.records.campaign import Attempt, Campaign, Progress, ServerJob, Submission, Surrender
from harness.records.claim import Claim, ClaimKind, KnownProtocol, Over, Reading, Reply, Says
from harness.records.cluster import Cluster
from harness.records.cost import Cost
from harness.records.finding import SEVERITIES, Finding, Severity
from harness.records.imported import Import, LogFile, LogFormat, ReportedScore, Scoring
from harness.records.layout import Fit, Layout
from harness.records.model import Deviation, Licence, Model, Thinking, Weights
from harness.records.origin import FolderOrigin, HubOrigin, JoinedOrigin, Origin, PackageOrigin
from harness.records.planned import PlannedRun
from harness.records.printed import Printed, parse
from harness.records.probe import ProbeCheck, ProbeReport
from harness.records.protocol import Decoding, Protocol
from harness.records.replica import Chat, Replica, ReplicaReport
from harness.records.restart import Restart
from harness.records.run import Manifest, RunIdentity
from harness.records.sample import Answer, Request, Sample, Status, item_id
from harness.records.source import Source
from harness.records.subject import Subject
from harness.records.suite import Serving, Suite, SuiteTask
from harness.records.terms import DecidedKind, Terms
from harness.records.throughput import Answered, Throughput
from harness.records.verdict import Gate, Interval, Outcome, Specification, Verdict

__all__ = [
    "SEVERITIES",
    "Answer",
    "Answered",
    "Architecture",
    "Attempt",
    "Audit",
    "Benchmark",
    "Campaign",
    "Chat",
    "Claim",
    "ClaimKind",
    "Cluster",
    "Cost",
    "DecidedKind",
    "Decoding",
    "Deviation",
    "ErrorRate",
    "Finding",
    "Fit",
    "FolderOrigin",
    "Gate",
    "HubOrigin",
    "Import",
    "Interval",
    "JoinedOrigin",
    "KnownProtocol",
    "Layout",
    "Licence",
    "LogFile",
    "LogFormat",
    "Manifest",
    "Model",
    "Origin",
    "Outcome",
    "Over",
    "PackageOrigin",
    "PlannedRun",
    "PlantedRow",
    "Printed",
    "ProbeCheck",
    "ProbeReport",
    "Progress",
    "Protocol",
    "Reading",
    "Record",
    "Replica",
    "ReplicaReport",
    "Reply",
    "ReportedScore",
    "Request",
    "Resource",
    "Restart",
    "RunIdentity",
    "Sample",
    "Says",
    "Score",
    "Scoring",
    "ServerJob",
    "Serving",
    "Severity",
    "Source",
    "Specification",
    "Status",
    "Subject",
    "Submission",
    "Suite",
    "SuiteTask",
    "Surrender",
    "Terms",
    "Thinking",
    "Throughput",
    "Verdict",
    "Weights",
    "item_id",
    "parse",
]
