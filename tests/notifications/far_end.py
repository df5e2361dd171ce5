"""The far ends of sockets: a gateway that answers as told, and a server that never answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Received:
    key: str
    token: str
    body: dict[str, Any]
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    signature: str = ""


@dataclass
class Gateway:
    """A carrier, or a receiver of results, on loopback.

    It takes each idempotency key once, as ours must.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    answer: Callable[[Received], Answer] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    came: threading.Event = field(default_factory=threading.Event)
    slow: threading.Event | None = None

    def take(self, request: Received) -> Answer:
        with self.lock:
            self.received.append(request)
        self.came.set()
        if self.slow is not None:
            self.slow.wait(20)
        if self.answer is not None:
            return self.answer(request)
        with self.lock:
            self.taken.setdefault(request.key, request.body)
        return 202, {}, json.dumps({"id": f"carrier-{request.key}"}).encode()

    @property
    def keys(self) -> list[str]:
        return [request.key for request in self.received]


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[Received], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: (status, named, body)


def serve(gateway: Gateway) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            request = Received(
                key=self.headers.get("Idempotency-Key") or self.headers.get("Waterdesk-Id", ""),
                token=self.headers.get("Authorization", ""),
                body=json.loads(raw),
                raw=raw,
                headers=dict(self.headers),
                signature=self.headers.get("X-Signature", ""),
            )
            status, headers, body = gateway.take(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Silence: the tests look at what was received."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # the default of five makes a crowd of connections wait a second

        def handle_error(self, *_args: Any) -> None:
            """A client that was killed while it waited is part of a test."""

    server = Server(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/send"
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    return server


def silent_server() -> socket.socket:
    """Accepts (by its backlog) and never says a word; `getsockname()[1]` is the port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening


def refused_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as briefly:
        briefly.bind(("127.0.0.1", 0))
        return briefly.getsockname()[1]
