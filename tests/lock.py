"""`python -m tests.lock` writes requirements.lock: what requirements.txt draws in, as it is installed here.

Without torch's CUDA packages and triton: which of them belong, if any, depends on the system, and torch pins them
itself.
"""

import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
SYSTEM = re.compile(r"nvidia-|cuda-|triton$")
HEADER = """\
# Every package that requirements.txt draws in, at the version that the tests pass with: a file of constraints, which
# installs nothing by itself. `make` gives it to pip; by hand: pip install -r requirements.txt -c requirements.lock
# Of torch's CUDA packages and triton none is named: which of them belong depends on the system, and torch pins them.
# Written by `python -m tests.lock`.
"""


def direct() -> dict[str, Requirement]:
    """The requirements of requirements.txt by their names."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines())
    return {canonicalize_name(found.name): found for found in map(Requirement, filter(None, lines))}


def drawn_in() -> dict[str, str]:
    """Name and installed version of each requirement and all that they need, on this system and Python."""
    found: dict[str, str] = {}
    waiting = [(found.name, frozenset(found.extras)) for found in direct().values()]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        if SYSTEM.match(canonicalize_name(name)):
            continue
        try:
            found[canonicalize_name(name)] = version(name)
        except PackageNotFoundError:
            continue
        for needed in map(Requirement, requires(name) or ()):
            wanted = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in (*extras, ""))
            key = needed.name, frozenset(needed.extras)
            if wanted and key not in seen:
                seen.add(key)
                waiting.append(key)
    return dict(sorted(found.items()))


def text() -> str:
    """The lock as it should be."""
    return HEADER + "".join(f"{name}=={number}\n" for name, number in drawn_in().items())


if __name__ == "__main__":
    LOCK.write_text(text(), encoding="utf-8")
