"""Environments of their own for clients and tools of others, made on demand in `.venvs`."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from filelock import FileLock

_HOME = Path(__file__).parents[1] / ".venvs"


def python_with(*requirements: str) -> Path:
    """The interpreter of an environment with these packages, the first of which names it.

    It is made when there is none, and made again when it was made for other requirements.
    """
    home = _HOME / requirements[0].replace("==", "-")
    interpreter = home / "bin" / "python"
    wanted = f"{' '.join(requirements)} on {sys.version}\n"
    done = home / "complete"
    _HOME.mkdir(exist_ok=True)
    with FileLock(_HOME / f"{home.name}.lock"):
        if not done.exists() or done.read_text() != wanted:
            shutil.rmtree(home, ignore_errors=True)
            venv.create(home, with_pip=True)
            install = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
            subprocess.run([interpreter, *install, *requirements], check=True)
            done.write_text(wanted)
    return interpreter
