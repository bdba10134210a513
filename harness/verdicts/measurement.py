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

    A sample that could not be scored (error, empty, a cut-off trace) scores 0: it stays in the denominator.
    Raises ValueError when a sample that was scored lacks the metric, or has several values of it.
    """
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for sample in samples:
        if sample.scores and metric not in sample.scores:
            raise ValueError(f"{sample.item} has no {metric}, only {', '.join(sample.scores)}")
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
    """Return whether the source states its whole decoding and it is the one we used."""
    known = claim.protocol.known
    ours = manifest.identity.decoding.model_dump()
    return "temperature" in known and all(known.get(name) == ours[name] for name in _DECODING)


def deviations(claim: Claim, manifest: Manifest) -> list[Deviation]:
    """Return the known differences between what was claimed about and what was run.

    Everything that the source states is held against the run: what differs, and what cannot be compared, is
    a deviation. One of ours that the source states too (weights through 4 bits, say) is what the claim is
    about, and is none.
    """
    identity = manifest.identity
    ours: dict[str, object] = {
        **identity.decoding.model_dump(),
        "max_tokens": identity.max_tokens,
        "num_fewshot": identity.num_fewshot,
        "endpoint": identity.endpoint,
        "engine": identity.engine,
        "harness": "lm-eval",
        **{deviation.field: deviation.value for deviation in manifest.deviations},
    }
    known = claim.protocol.known
    found = [d for d in manifest.deviations if d.field not in known]
    for field, stated in known.items():
        value = ours.get(field, "not recorded")
        if value != stated:
            says = Says(
                en=f"{field}: {value} here, {stated} in the source",
                ko=f"{field}: 여기서는 {value}, 출처에서는 {stated}",
            )
            found.append(Deviation(field=field, value=str(value), says=says))
    return found
