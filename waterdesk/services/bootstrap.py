"""Make .venv what the requirements say, then become its Python: `bootstrap.py SET ARGUMENT …`.

The set `run` is what the desk needs, `dev` also what the tests and checks need, `bench` also what
the benchmarks compare with; who has had a larger set keeps it. Nothing is done when the
environment matches the pinned files already. Runs on whatever `python3` is, so no syntax newer than
Python 3.6 here, and the standard library only.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

LEAST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "waterdesk.json")
LOG = os.path.join(ROOT, "var", "log", "install.log")
# From the smallest set to the largest; each holds those before it.
PINS = {
    "run": "requirements.txt",
    "dev": "requirements-dev.txt",
    "bench": "requirements-bench.txt",
}
# One pin with its hashes, which go on over lines that end in a backslash.
UV_PIN = re.compile(r"^uv==[^\\\n]*(?:\\\n[^\\\n]*)*", re.MULTILINE)
NO_VENV = (
    "this Python cannot make a virtual environment; install what it lacks and start again"
    " (Debian, Ubuntu: apt-get install python3-venv)."
)


class CannotInstall(Exception):
    """A reason in one line."""


def main(arguments: list) -> None:
    wanted, command = arguments[0], arguments[1:]
    if sys.version_info[:2] < LEAST:
        become_newer(arguments)
    try:
        if not up_to_date(wanted):
            os.makedirs(os.path.dirname(LOG), exist_ok=True)
            with open(os.path.join(ROOT, "var", "install.lock"), "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not up_to_date(wanted):
                    install(wanted)
    except CannotInstall as reason:
        sys.exit(f"waterdesk: {reason}")
    except OSError as error:
        sys.exit(f"waterdesk: cannot install: {error.strerror}: {error.filename}")
    except KeyboardInterrupt:
        sys.exit("waterdesk: stopped.")
    os.environ["PYTHONUTF8"] = "1"  # whatever the locale is, or is not
    os.environ.pop("PYTHONHOME", None)
    os.chdir(ROOT)
    os.execv(PYTHON, [PYTHON, *command])


def become_newer(arguments: list) -> None:
    for name in NEWER:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(path, [path, os.path.abspath(__file__), *arguments])
    sys.exit(f"waterdesk: needs Python 3.11 or newer; this is {sys.version.split()[0]}.")


def digest(wanted: str) -> str:
    with open(os.path.join(ROOT, PINS[wanted]), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp() -> dict:
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def up_to_date(wanted: str) -> bool:
    return os.access(PYTHON, os.X_OK) and stamp().get(wanted) == digest(wanted)


def install(wanted: str) -> None:
    had = stamp()
    wanted = [name for name in PINS if name == wanted or name in had][-1]
    with open(LOG, "w"):
        pass
    usable = os.access(PYTHON, os.X_OK) and run([PYTHON, "-c", ""])
    helper = "" if usable else make_venv()
    print(f"waterdesk: installing {PINS[wanted]} into .venv ...", flush=True)
    if os.path.exists(STAMP):
        os.remove(STAMP)
    pins = os.path.join(ROOT, PINS[wanted])
    helper = helper or own_uv()
    pip = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", pins]
    if not (helper and with_uv(helper, pins)) and not run(pip):
        raise CannotInstall(f"could not install {PINS[wanted]}: {last_line()} (see {LOG})")
    with open(STAMP, "w") as file:
        names = list(PINS)
        json.dump({name: digest(name) for name in names[: names.index(wanted) + 1]}, file)


def make_venv() -> str:
    """Make .venv; return a uv of the machine if that was the way, else the empty text."""
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        found = shutil.which("uv")
        if found and run([found, "venv", "-q", "--python", sys.executable, VENV]):
            return found
        raise CannotInstall(NO_VENV) from None
    if not run([sys.executable, "-m", "venv", VENV]):
        raise CannotInstall(f"could not make .venv: {last_line()} (see {LOG})")
    return ""


def own_uv() -> str:
    """The pinned uv, several times faster than pip; the empty text if it cannot be had."""
    uv = os.path.join(VENV, "bin", "uv")
    with open(os.path.join(ROOT, PINS["dev"])) as file:
        pin = UV_PIN.search(file.read())
    if pin is None:
        return ""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pin.group() + "\n")
        file.flush()
        done = run([PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", file.name])
    return uv if done and os.path.exists(uv) else ""


def with_uv(uv: str, pins: str) -> bool:
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_LINK_MODE="copy")
    if os.environ.get("PIP_CERT"):
        env.setdefault("SSL_CERT_FILE", os.environ["PIP_CERT"])
    mirror = os.environ.get("PIP_INDEX_URL") or configured_mirror()
    if mirror:  # uv does not read pip's configuration, and a mirror is the rule in China
        env.setdefault("UV_DEFAULT_INDEX", mirror)
    if not os.access(os.path.expanduser("~"), os.W_OK):
        env.setdefault("UV_NO_CACHE", "1")
    command = [uv, "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", pins]
    # It trusts the roots it carries; an office's proxy may be known to the machine alone.
    return run(command, env) or run(command, dict(env, UV_SYSTEM_CERTS="1"))


def configured_mirror() -> str:
    command = [PYTHON, "-m", "pip", "config", "get", "global.index-url"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def run(command: list, env: dict = None) -> bool:  # noqa: RUF013
    env = dict(env or os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    with open(LOG, "ab") as log:
        return subprocess.call(command, stdout=log, stderr=log, env=env, cwd=ROOT) == 0


def last_line() -> str:
    with open(LOG, "rb") as log:
        lines = [line.strip() for line in log.read().decode("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "no output")


if __name__ == "__main__":
    main(sys.argv[1:])
