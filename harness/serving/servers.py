"""What stands behind a client: engines of ours, servers of somebody else, or a hosted service."""

from typing import Protocol

from harness.serving.endpoints import Endpoints
from harness.serving.service import Service


class Servers(Protocol):
    """Servers of one model that a run asks."""

    def service(self) -> Service | None:
        """Return what a hosted service asks of a client, for the event loop that runs; None for open servers."""
        ...

    def endpoints(self) -> Endpoints:
        """Return them as a client sees them, for the event loop that runs."""
        ...

    async def tend(self, endpoints: Endpoints) -> None:
        """Keep `endpoints` up to date until cancelled; raises HarnessError when no server is left."""
        ...
