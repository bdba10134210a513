"""What exports are made of, and what of it may leave the house."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.records import Benchmark, Claim, Finding, Manifest, Model, Sample, Verdict
from harness.report.third_party import ThirdPartyScore
from harness.verdicts import RunEvidence

Files = dict[str, bytes]
"""Contents by path, relative to the export's folder."""
ANSWER_LENGTH = 40
"""An extracted answer of more characters is a text of the model's."""
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""Characters that JSON leaves as they are and some readers take for the end of a line."""

_ON_ONE_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Dataset:
    """The claims, how they stand, the runs they stand on, and what others measured."""

    claims: Sequence[Claim]
    verdicts: Mapping[str, Verdict]
    findings: Sequence[Finding]
    runs: Sequence[RunEvidence]
    benchmarks: Mapping[str, Benchmark]
    models: Mapping[str, Model]
    third_party: Sequence[ThirdPartyScore] = ()
    prompts: Mapping[str, str] = field(default_factory=dict)
    """What was asked, by the hash of the request; may be left out."""

    def verdicts_on(self, run: RunEvidence) -> list[Verdict]:
        """Return the verdicts that rest on a run."""
        return [v for v in self.verdicts.values() if run.folder in v.evidence]


@dataclass(frozen=True)
class Shared:
    """What may be passed on of one answer."""

    withheld: bool
    """The licence of the items allows neither their text nor the model's."""
    prompt: str | None
    text: str | None
    reasoning: str | None
    error: str | None
    """A scorer's error may quote the answer."""
    answers: Mapping[str, Any]
    """As extracted; where texts are withheld, only those short enough to be no text."""


def shared(sample: Sample, benchmark: Benchmark | None, prompts: Mapping[str, str]) -> Shared:
    """Return what of a sample may be passed on: all texts where the items are free, none elsewhere.

    Hashes, scores and short answers (a letter, a number) always may.
    """
    if benchmark is not None and benchmark.redistribution == "free":
        prompt = prompts.get(sample.request.sha256)
        return Shared(False, prompt, sample.text, sample.reasoning, sample.error, sample.answers)
    short = {name: answer for name, answer in sample.answers.items() if len(as_json(answer)) <= ANSWER_LENGTH}
    return Shared(True, None, None, None, None, short)


def public_name(name: str, models: Mapping[str, Model]) -> str:
    """Return a model's name as others know it, `owner/name`, by our id: of the hub, or of the service.

    One without a config is `unpublished/<id>`.
    """
    model = models.get(name)
    if model is None:
        return f"unpublished/{name}"
    if model.hosted is not None:
        return f"{'-'.join(model.developer.split())}/{model.hosted.model.rsplit('/', 1)[-1]}"
    return model.released


def protocol_in_clear(manifest: Manifest) -> dict[str, str]:
    """Return the settings that decide a score, besides decoding and budget, as words."""
    identity = manifest.identity
    told = {
        "protocol": manifest.protocol,
        "endpoint": identity.endpoint,
        "num_fewshot": str(identity.num_fewshot),
        "extractor": identity.extractor,
        "stop": as_json(identity.stop),
        "base_seed": str(identity.base_seed),
        "system_prompt": identity.system,
        "thinking": None if manifest.thinks is None else ("on" if manifest.thinks else "off"),
        "min_p": None if identity.decoding.min_p is None else str(identity.decoding.min_p),
        "unstated_by_the_source": ", ".join(manifest.unstated) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def lm_eval_version(library: str) -> str:
    """Return lm-eval's version from a run's list of what scored it, such as `lm-eval 0.4.13, nltk 3.9`."""
    found = re.search(r"lm-eval ([^\s,]+)", library)
    return found[1] if found else "unknown"


def as_json(value: Any) -> str:
    """Return `value` as JSON on one line, for any reader's idea of a line; raises ValueError for NaN."""
    return _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", _ON_ONE_LINE.encode(value))


def as_file(value: Any) -> bytes:
    """Return `value` as a JSON file for people and programs; raises ValueError for NaN."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
