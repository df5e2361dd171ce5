"""One connection to an Asterisk manager interface: sign in, ask, read block by block.

Protocol: lines of "Name: value" ended by CRLF, a block ended by an empty line; the server begins
with one line of greeting. https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType

Block = dict[str, str]

LONGEST = 65_536  # bytes of one block; more is no manager interface


class Lost(Exception):
    """The line broke, stayed silent too long, or what came was no manager interface."""


class Refused(Exception):
    """The name or the secret is wrong: trying again soon is no use, and may lock us out."""


class Line:
    """A connection that has signed in. `silence`: seconds without a word after which it is lost.

    A ping is sent when half of them have passed, so that a quiet night is no lost line.
    """

    def __init__(self, host: str, port: int, silence: float = 30.0) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=silence / 2)
        except OSError as fault:
            raise Lost(f"cannot connect: {fault.strerror or fault}") from None
        self._held = b""
        self._greeted = False

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye if anybody listens."""
        with suppress(Lost, OSError):
            self.ask("Logoff")
        self._socket.close()

    def ask(self, action: str, **fields: str) -> None:
        """Send one action. Raises Lost."""
        said = [f"Action: {action}", *(f"{name}: {value}" for name, value in fields.items())]
        text = "".join(f"{_one_line(each)}\r\n" for each in said) + "\r\n"
        try:
            self._socket.sendall(text.encode())
        except OSError as fault:
            raise Lost(f"cannot write: {fault.strerror or fault}") from None

    def sign_in(self, user: str, secret: str) -> None:
        """Raises Refused for a wrong name or secret, Lost for anything else.

        The secret is said to nobody who has not greeted as a manager interface does.
        """
        while not self._greeted:
            try:
                self._hear()
            except TimeoutError:
                raise Lost("silent") from None
            self._greet()
        events = "call,agent,dialplan"
        self.ask("Login", ActionID="login", Username=user, Secret=secret, Events=events)
        for block in self.blocks():
            if block.get("ActionID") == "login" or block.get("Response") == "Error":
                if block.get("Response") != "Success":
                    raise Refused(block.get("Message", "refused"))
                return
        raise Lost("closed before it answered")

    def blocks(self) -> Iterator[Block]:
        """Every block as it comes, events and answers. Ends by Lost."""
        quiet = False
        while True:
            while (found := self._next()) is not None:
                quiet = False
                yield found
            try:
                self._hear()
            except TimeoutError:
                if quiet:
                    raise Lost("silent") from None
                quiet = True
                self.ask("Ping")

    def _hear(self) -> None:
        """Read what has come. Raises TimeoutError when nothing has, Lost when nothing will."""
        try:
            read = self._socket.recv(65_536)
        except TimeoutError:
            raise
        except OSError as fault:
            raise Lost(f"cannot read: {fault.strerror or fault}") from None
        if not read:
            raise Lost("closed by the other side")
        self._held += read
        if len(self._held) > LONGEST and b"\r\n\r\n" not in self._held:
            raise Lost("what came is no manager interface")

    def _greet(self) -> None:
        """Take the greeting off what was read, if it is there by now."""
        greeting, end, rest = self._held.partition(b"\r\n")
        if not end:
            return
        if b"Call Manager" not in greeting:
            raise Lost("what answers there is no manager interface")
        self._held, self._greeted = rest, True

    def _next(self) -> Block | None:
        """The next whole block of what was read."""
        if b"\r\n\r\n" not in self._held:
            return None
        text, _end, self._held = self._held.partition(b"\r\n\r\n")
        block: Block = {}
        for line in text.decode("utf-8", "replace").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                block.setdefault(name.strip(), value.strip())
        return block


def _one_line(text: str) -> str:
    """A value cannot begin another field."""
    return text.replace("\r", " ").replace("\n", " ")
