"""What both ends of the line between a client and a node of its server agree on."""

import socket

KEY = "VLLM_API_KEY"
"""Environment variable with the secret that the client, the ranks and the server share."""
INTERFACE = "HARNESS_INTERFACE"
"""Environment variable with the network interface between the nodes, from the cluster's profile."""
REPORT_SECONDS = 1.0
"""How often a node says how hard it works."""


def keep_alive(line: socket.socket) -> None:
    """Have the kernel break a connection whose other end has been silent for about eight seconds."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 8000)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
