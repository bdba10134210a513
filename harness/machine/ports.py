"""Free ports on the loopback address."""

import socket

from harness.errors import HarnessError

HOST = "127.0.0.1"


def free_port(wanted: int | None = None) -> int:
    """Return `wanted` if nothing listens there, or any free port when it is None.

    Raises HarnessError when the wanted port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted or 0))
        except OSError as error:
            raise HarnessError(
                expected=f"port {wanted} to be free",
                found=str(error),
                where=f"{HOST}:{wanted}",
                fix=f"end what listens there (`ss -ltnp 'sport = :{wanted}'`), or use serving.port=null",
            ) from error
        return int(probe.getsockname()[1])
