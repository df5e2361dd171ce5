"""How a service's file is refused."""

from __future__ import annotations

Path = tuple[str | int, ...]


class BadDefinition(Exception):
    """A service that cannot work, and where its file says so: the path, and the line if known."""

    def __init__(self, message: str, path: Path = (), line: int | None = None) -> None:
        self.message, self.path, self.line = message, path, line
        super().__init__(str(self))

    def __str__(self) -> str:
        named = [f"line {self.line}"] if self.line else []
        named += [".".join(str(part) for part in self.path)] if self.path else []
        return f"{', '.join(named)}: {self.message}" if named else self.message
