"""The far ends of the sources: one server on loopback that answers for all four, as told."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "source-secret"
Answer = tuple[int, bytes]


@dataclass
class Asked:
    """One question as it arrived; `signed` says that it bears the right signature."""

    path: str
    body: dict[str, Any]
    signed: bool
    nonce: str


RIGHT: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "/registry": lambda asked: {"uscc": asked["uscc"], "name": "示例物流公司", "status": "active"},
    "/identity": lambda _asked: {"match": True},
    "/property": lambda asked: {
        "owner": asked["name"],
        "acquired_on": "2021-05-01",
        "legal": True,
    },
    "/arrears": lambda _asked: {"owed": "0.00", "since": None},
}


@dataclass
class Sources:
    """Four sources. `answers` replaces the right answer of a path by what it is told to say."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked)
        if not asked.signed:
            return 401, b""
        told = self.answers.get(asked.path)
        return told(asked) if told else (200, json.dumps(RIGHT[asked.path](asked.body)).encode())

    def told(self, path: str, status: int = 200, body: Any = None) -> None:
        """From now on this source answers so."""
        self.answers[path] = says(status, body)

    def asked_at(self, path: str) -> list[dict[str, Any]]:
        return [asked.body for asked in self.asked if asked.path == path]


def says(status: int = 200, body: Any = None) -> Callable[[Asked], Answer]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _asked: (status, raw)


def in_turn(*answers: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """One answer after the other; the last one stays."""
    left = list(answers)
    return lambda asked: (left.pop(0) if len(left) > 1 else left[0])(asked)


def waits(event: threading.Event) -> Callable[[Asked], Answer]:
    """Says nothing until it is let go."""

    def answer(_asked: Asked) -> Answer:
        event.wait(20)
        return 503, b""

    return answer


def rightly_signed(headers: Any, path: str, raw: bytes) -> bool:
    """Reckoned here by what the contract says, not by the code that signs."""
    at, nonce = headers.get("X-Desk-Time", ""), headers.get("X-Desk-Nonce", "")
    lines = f"POST\n{path}\n{at}\n{nonce}\n{hashlib.sha256(raw).hexdigest()}"
    right = hmac.new(KEY.encode(), lines.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right, headers.get("X-Desk-Signature", ""))


def serve(sources: Sources) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Asked(
                self.path,
                json.loads(raw),
                rightly_signed(self.headers, self.path, raw),
                self.headers.get("X-Desk-Nonce", ""),
            )
            status, body = sources.take(asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Silence: the tests look at what was asked."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None:
            """A client that hung up while it waited is part of a test."""

    server = Server(("127.0.0.1", 0), Handler)
    sources.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    return server


def drip(listening: socket.socket, over: threading.Event) -> None:
    """Takes one call and never comes to the end of its answer."""
    listening.settimeout(5)
    with suppress(OSError), listening.accept()[0] as call:
        call.recv(65536)
        call.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while not over.wait(0.01):
            call.sendall(b" ")
