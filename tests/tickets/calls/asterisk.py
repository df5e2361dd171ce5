"""A manager interface on loopback: it greets, takes a secret, and says what it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

GREETING = b"Asterisk Call Manager/9.0.0\r\n"
SECRET = "ami-secret"


class Asterisk:
    """Every connection gets a thread. `standing` are the calls it knows when it is asked."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.asked: list[dict[str, str]] = []
        self.lines: list[socket.socket] = []
        self.standing: list[str] = []
        self.greeting = GREETING
        threading.Thread(target=self._accept, daemon=True).start()

    def signed_in(self) -> int:
        return sum(
            1 for each in self.asked
            if each.get("Action") == "Login" and each.get("Secret") == SECRET
        )  # fmt: skip

    def asked_for(self, action: str) -> int:
        return sum(1 for each in self.asked if each.get("Action") == action)

    def say(self, **block: object) -> None:
        """To every client; the event comes in two pieces, as networks do."""
        text = _block(block)
        for line in list(self.lines):
            line.sendall(text[:7])
            line.sendall(text[7:])

    def cut(self) -> None:
        """Drop every connection without a word."""
        for line in self.lines:
            line.shutdown(socket.SHUT_RDWR)
            line.close()
        self.lines.clear()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.close()
        with suppress(OSError):
            self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _address = self.listener.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            line.sendall(self.greeting)
            held = b""
            while read := line.recv(4096):
                held += read
                *whole, held = held.split(b"\r\n\r\n")
                for text in whole:
                    self._answer(line, text.decode())

    def _answer(self, line: socket.socket, text: str) -> None:
        asked = dict(each.split(": ", 1) for each in text.split("\r\n"))
        self.asked.append(asked)
        answers: dict[str, Callable[[], list[dict[str, object]]]] = {
            "Login": lambda: [self._let_in(line, asked)],
            "Ping": lambda: [{"Response": "Success", "Ping": "Pong"}],
            "Logoff": lambda: [{"Response": "Goodbye"}],
            "CoreShowChannels": self._standing,
        }
        for block in answers[asked["Action"]]():
            line.sendall(_block(block))

    def _let_in(self, line: socket.socket, asked: dict[str, str]) -> dict[str, object]:
        right = asked.get("Secret") == SECRET
        self.lines.extend([line] * right)
        said = (
            ("Success", "Authentication accepted") if right else ("Error", "Authentication failed")
        )
        return {"Response": said[0], "ActionID": asked["ActionID"], "Message": said[1]}

    def _standing(self) -> list[dict[str, object]]:
        shown = [{"Event": "CoreShowChannel", "Linkedid": call} for call in self.standing]
        return [*shown, {"Event": "CoreShowChannelsComplete"}]


def _block(fields: dict[str, object]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n"
