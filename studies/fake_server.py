"""A server that answers at a set rate and costs next to nothing, so that a client can be measured against it.

    python studies/fake_server.py [PORT]

Chat completions of TOKENS tokens, as one body or, where the request says `stream: true`, as one event per token,
RATE tokens a second each; metrics as long as vLLM's. Prints its address and serves until it is ended.
"""

import asyncio
import json
import sys

TOKENS, RATE = 256, 256.0
TEXT = " token" * TOKENS
_METRICS = "".join(f'vllm:filler_bucket{{engine="0",le="{i}.0",model_name="m"}} {i}.0\n' for i in range(700))
_GET = {
    "/health": "",
    "/version": '{"version": "0"}',
    "/v1/models": '{"data": [{"id": "m", "root": "m"}]}',
}


def _response(body: str, kind: str = "application/json") -> bytes:
    raw = body.encode()
    return f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(raw)}\r\n\r\n".encode() + raw


def _event(value: object) -> bytes:
    raw = f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode()
    return f"{len(raw):x}\r\n".encode() + raw + b"\r\n"


def _chunk(**changes: object) -> dict[str, object]:
    choice = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": None, "token_ids": None, **changes}
    head = {"id": f"chatcmpl-{'0' * 32}", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**head, "choices": [choice]}


USAGE = {"prompt_tokens": 20, "completion_tokens": TOKENS, "total_tokens": 20 + TOKENS}
_WHOLE = _response(
    json.dumps(
        {
            **{
                "id": f"chatcmpl-{'0' * 32}",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "usage": USAGE,
            },
            "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}],
        }
    )
)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
_TOKEN = _event(_chunk(delta={"content": " token"}))
_END = b"".join(
    [
        _event(_chunk(finish_reason="stop")),
        _event({**_chunk(), "choices": [], "usage": USAGE}),
        _event("[DONE]"),
        b"0\r\n\r\n",
    ]
)


class Connection(asyncio.Protocol):
    """One connection, kept alive; requests come one after the other."""

    answered = running = 0

    def __init__(self, streams: "dict[Connection, int]") -> None:
        self.streams, self.seen = streams, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.streams.pop(self, None)

    def data_received(self, data: bytes) -> None:
        """Answer a request once it is whole."""
        self.seen += data
        head, found, body = self.seen.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        self.seen = body[length:]
        method, path = head.split(b" ", 2)[:2]
        if method == b"GET":
            self._get(path.decode())
            return
        Connection.running += 1
        if json.loads(body[:length]).get("stream"):
            self.transport.write(_HEAD)
            self.streams[self] = TOKENS
        else:
            asyncio.get_running_loop().call_later(TOKENS / RATE, self._whole)

    def _get(self, path: str) -> None:
        counted = (
            ("generation_tokens_total", Connection.answered * TOKENS),
            ("num_requests_running", Connection.running),
        )
        lines = "".join(f'vllm:{name}{{engine="0",model_name="m"}} {value}.0\n' for name, value in counted)
        self.transport.write(_response(_GET.get(path, _METRICS + lines)))

    def _whole(self) -> None:
        self.transport.write(_WHOLE)
        self.done()

    def done(self) -> None:
        """Count an answer."""
        Connection.running -= 1
        Connection.answered += 1


async def main() -> None:
    streams: dict[Connection, int] = {}
    loop = asyncio.get_running_loop()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = await loop.create_server(lambda: Connection(streams), "127.0.0.1", port, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    due = loop.time()
    while True:
        due += 1 / RATE_OF_STREAMS
        await asyncio.sleep(max(0.0, due - loop.time()))
        for connection, left in list(streams.items()):
            if left:
                streams[connection] = left - 1
                connection.transport.write(_TOKEN)
            else:
                del streams[connection]
                connection.transport.write(_END)
                connection.done()


RATE_OF_STREAMS = 20.0
"""A step of a busy engine every 50 ms: more would be the server's own limit, not the client's."""

if __name__ == "__main__":
    asyncio.run(main())
