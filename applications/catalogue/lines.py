"""Where in a file something stands, so that a refusal can name the line."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

Path = tuple[str | int, ...]


def line_of(text: str, path: Iterable[str | int]) -> int:
    """The line, from 1 on, of what `path` leads to in this JSON text, or of the nearest there is.

    Every JSON text is YAML, whose reader remembers where things stood.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for part in path:
        found = _child(node, part)
        if found is None:
            break
        node = found
    return node.start_mark.line + 1 if node is not None else 1


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None
