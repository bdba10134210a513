"""From the samples of one run to a score with its two uncertainties."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from harness.records import Claim, Deviation, Manifest, Measurement, Sample, Says
from harness.statistics.intervals import wilson
from harness.statistics.noise import RunNoise, run_noise

_DECODING = ("temperature", "top_p", "top_k", "min_p", "presence_penalty")


def scores_by_item(
    samples: Sequence[Sample], metric: str, items: Collection[str], repeats: int
) -> list[list[float]]:
    """Return the scores of the first `repeats` repeats, a list per item in the order of `items`.

    A sample without the metric (error, empty, unparsed) scores 0: it stays in the denominator.
    """
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for sample in samples:
        value = sample.scores.get(metric, 0.0)
        if isinstance(value, list):
            raise ValueError(f"{metric} has several values per item; the rule needs one: {sample.item}")
        found[sample.item][sample.repeat] = value
    return [[found[item][repeat] for repeat in range(repeats)] for item in items]


def measure(
    claim: Claim, manifest: Manifest, samples: Sequence[Sample], noise: RunNoise, scale: float
) -> Measurement:
    """Return the measurement of `claim`, in the claim's unit (`scale` units per 1.0 of the score)."""
    low, high = wilson(noise.mean, noise.n)
    return Measurement(
        value=noise.mean * scale,
        n=noise.n,
        repeats=noise.repeats,
        run_error=noise.error * scale,
        item_interval95=(low * scale, high * scale),
        within_variance=noise.within_variance,
        deviations=deviations(claim, manifest),
        protocol=manifest.protocol,
        newest=max(sample.started for sample in samples),
    )


def noise_of(samples: Sequence[Sample], metric: str, items: Collection[str], repeats: int) -> RunNoise:
    """Return the run-to-run noise of `metric` over `items`; see statistics.noise.run_noise for errors."""
    return run_noise(scores_by_item(samples, metric, items, repeats))


def same_decoding(claim: Claim, manifest: Manifest) -> bool:
    """Return whether the source states its decoding and it is the one we used."""
    known = claim.protocol.known
    ours = manifest.identity.decoding.model_dump()
    stated = [name for name in _DECODING if name in known]
    return bool(stated) and all(known[name] == ours[name] for name in stated)


def deviations(claim: Claim, manifest: Manifest) -> list[Deviation]:
    """Return the known differences between what was claimed about and what was run.

    A deviation that the source itself states (weights through 4 bits, say) is what the claim is about and
    is left out; a stated setting that differs from ours is added.
    """
    known = claim.protocol.known
    found = [d for d in manifest.deviations if known.get(d.field) != d.value]
    identity = manifest.identity
    ours = identity.decoding.model_dump() | {
        "max_tokens": identity.max_tokens,
        "num_fewshot": identity.num_fewshot,
        "endpoint": identity.endpoint,
        "engine": identity.engine,
    }
    for field, value in ours.items():
        if field in known and known[field] != value:
            says = Says(
                en=f"{field} is {value}, the source used {known[field]}",
                ko=f"{field} 값이 {value}이고, 출처에서는 {known[field]}",
            )
            found.append(Deviation(field=field, value=str(value), says=says))
    return found
