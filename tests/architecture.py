"""What test_architecture.py reads the sources with: who imports whom, and who writes what."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("waterdesk", "applications", "tickets", "notifications")
LOADERS = {"import_module", "import_string", "__import__"}


@dataclass(frozen=True)
class Source:
    """One file of the product; `name` is its module, of an __init__ that of the package."""

    name: str
    is_package: bool
    tree: ast.Module

    @classmethod
    def of(cls, name: str, text: str, is_package: bool = False) -> Source:
        return cls(name, is_package, ast.parse(text))


@cache
def sources() -> list[Source]:
    """Every module of ours but the migrations, which name each other in Django's own way."""
    paths = [path for package in OURS for path in sorted((ROOT / package).rglob("*.py"))]
    return [_read(path) for path in paths if "migrations" not in path.parts]


def _read(path: Path) -> Source:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Source.of(name, path.read_text("utf-8"), is_package)


# --- imports ------------------------------------------------------------------------------------
def imports(source: Source) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, wherever it stands; `from a import b` counts as a.b."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _base(source, node)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and _called(node) in LOADERS:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def _base(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = source.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if source.is_package else 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


# --- writing ------------------------------------------------------------------------------------
# The rows that only the door's own modules write, the managers that lead to them, and the names
# under which one of them usually goes.
GUARDED = {
    "Aftercare",
    "Case",
    "Application",
    "Ticket",
    "Clock",
    "Crossing",
    "Pause",
    "Photo",
    "Event",
    "Quote",
    "Payment",
}
MANAGERS = {
    "clocks", "crossings", "pauses", "photos", "events", "cases", "cases_in_hand", "cases_opened",
    "quotes", "payments",
}  # fmt: skip
USUAL = {name.lower() for name in GUARDED}
TABLES = (
    r"core_(case|clock|crossing|pause|photo|event)|applications_(application|quote|payment)"
    r"|tickets_ticket"
)
RAW = re.compile(
    rf"\b(insert\s+into|update|delete\s+from|truncate)\s+\"?({TABLES})\b", re.IGNORECASE
)
METHODS = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update",
    "delete",
}  # fmt: skip
WRITING = METHODS | {f"a{name}" for name in METHODS}
# `status` is nobody's to set, whatever the object is called.
FIELD = "status"


def writes(source: Source) -> Iterator[tuple[int, str]]:
    """(line, what) of everything that writes a row of the door's, or looks like it."""
    guarded = USUAL | _bound_names(source.tree)
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()) if name == FIELD:
                yield node.lineno, f"sets .{FIELD}"
            case ast.Call():
                yield from ((node.lineno, what) for what in _writing_call(node, guarded))
            case ast.Constant(value=str(text)) if found := RAW.search(text):
                yield node.lineno, f"SQL: {found.group()}"


def _writing_call(call: ast.Call, guarded: set[str]) -> Iterator[str]:
    name = _called(call)
    named = [word.arg for word in call.keywords]
    plain = [a.value for a in call.args if isinstance(a, ast.Constant)]
    if name in ("setattr", "__setattr__") and FIELD in plain:
        yield f"sets .{FIELD} by setattr"
    if name in ("update", "aupdate") and FIELD in named:
        yield f"updates {FIELD}"
    if name == "update_many" and _touches(call.args, GUARDED):
        yield f"calls {name}() with {ast.unparse(call.args[0])}"
    if name in WRITING and isinstance(call.func, ast.Attribute):
        whose = call.func.value
        if _touches([whose], guarded | GUARDED) or _leads_to(whose, MANAGERS):
            yield f"calls .{name}() on {ast.unparse(whose)}"


def _touches(nodes: Iterable[ast.expr], names: set[str]) -> bool:
    """Whether the expression begins with one of the names: Case.objects…, case, self.case."""
    return any(_head(node) in names or _last(node) in names for node in nodes)


def _leads_to(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(inner, ast.Attribute) and inner.attr in names for inner in ast.walk(node))


def _head(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _bound_names(tree: ast.Module) -> set[str]:
    """Names that the file itself binds to such a row or rows: by assignment, loop or annotation."""
    found: set[str] = set()
    for _ in range(2):  # a name bound to a name bound to a model
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    pass
                case ast.For(target=ast.Name(id=name), iter=value):
                    pass
                case ast.arg(arg=name, annotation=ast.expr() as value):
                    pass
                case ast.AnnAssign(target=ast.Name(id=name), annotation=value):
                    pass
                case _:
                    continue
            if _head(value) in GUARDED | found or _annotation(value) & GUARDED:
                found.add(name)
    return found


def _annotation(node: ast.expr) -> set[str]:
    """Model names inside an annotation such as `Case | None` or `QuerySet[Case]`."""
    if isinstance(node, ast.Subscript | ast.BinOp | ast.Name):
        return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return set()
