"""A model that only its maker serves, behind the same interface as servers of our own."""

import asyncio
import os

from harness.errors import UsageError
from harness.records import Model, Serving
from harness.records.model import Arguments, Hosted, Prices
from harness.serving.endpoints import Endpoints
from harness.serving.service import Budget, Service
from harness.store.spending import Spending


def hosted_of(model: Model) -> Hosted:
    """Return where a hosted model is served; raises UsageError for one that has weights."""
    if model.hosted is None:
        where = f"configs/model/{model.id}.yaml"
        raise UsageError("a hosted model", f"{model.name}, which has weights", where=where, fix="serving=gpu")
    return model.hosted


def terms_of(model: Model, serving: Serving) -> tuple[Hosted, str, Prices, float]:
    """Return what is needed to ask a hosted model: where it is, our key, its prices, our cap in dollars.

    Raises UsageError when one of them is missing.
    """
    hosted, where = hosted_of(model), f"configs/model/{model.id}.yaml, hosted"
    if serving.urls:
        raise UsageError("a set-up of its own: serving=hosted", f"serving={serving.id} with urls", where=where)
    key = os.environ.get(hosted.key, "").strip()
    if not key:
        raise UsageError(
            f"the account's key in the environment variable {hosted.key}",
            "nothing there",
            where=where,
            fix=f"export {hosted.key}=…; it is written nowhere",
        )
    if hosted.prices is None:
        raise UsageError(
            "prices, to keep to a spending cap",
            "none were entered",
            where=f"{where}.prices",
            fix="'model.hosted.prices={input: …, output: …, source: …}', dollars per million tokens",
        )
    if serving.spend is None:
        raise UsageError(
            "a spending cap: a hosted model costs money",
            "none",
            where="serving.spend",
            fix="serving.spend=5 (dollars, over all runs of this model in this results folder)",
        )
    return hosted, key, hosted.prices, serving.spend


def identity_args(hosted: Hosted) -> Arguments:
    """Return what a run's identity says of how a request is changed for the service."""
    return {f"field {ours}": theirs or "not sent" for ours, theirs in sorted(hosted.fields.items())}


class HostedServers:
    """The one endpoint of a hosted model."""

    def __init__(self, model: Model, serving: Serving, spending: Spending) -> None:
        """Raises what `terms_of` raises."""
        self._hosted, self._key, self._prices, self._cap = terms_of(model, serving)
        self._spending, self._concurrency = spending, serving.concurrency

    def service(self) -> Service:
        """Return what the service asks of a client."""
        return Service(self._hosted, self._key, Budget(self._cap, self._prices, self._spending))

    def endpoints(self) -> Endpoints:
        """Return it as a client sees it; its address holds the version path already."""
        return Endpoints([self._hosted.url.rstrip("/")], self._concurrency, version="")

    async def tend(self, endpoints: Endpoints) -> None:
        """Wait until cancelled: there is no /health, the client sees by itself when nothing comes through."""
        await asyncio.Event().wait()
