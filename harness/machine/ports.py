"""Free ports, on the loopback address unless another is named."""

import socket

from harness.errors import HarnessError

HOST = "127.0.0.1"


def free_port(wanted: int | None = None) -> int:
    """Return `wanted` if nothing listens there, or any free port when it is None.

    Raises HarnessError when the wanted port is taken.
    """
    with reserved_port(wanted) as held:
        return int(held.getsockname()[1])


def reserved_port(wanted: int | None = None, host: str = HOST) -> socket.socket:
    """Return a socket that holds a port without listening there: nobody else is given it while a server starts.

    A server that allows address reuse, as most do, can listen there meanwhile. Raises HarnessError when the
    wanted port is taken.
    """
    held = socket.socket()
    if wanted is None:
        held.bind((host, 0))
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # only now: the port is nobody else's
        return held
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, wanted))
    except OSError as error:
        held.close()
        raise HarnessError(
            expected=f"port {wanted} to be free",
            found=str(error),
            where=f"{host}:{wanted}",
            fix=f"end what listens there (`ss -ltnp 'sport = :{wanted}'`), or use serving.port=null",
        ) from error
    return held
