"""An environment of its own for each published client, made once and kept in `.venvs`."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from filelock import FileLock

_HOME = Path(__file__).parents[2] / ".venvs"


def python(client: str) -> Path:
    """The interpreter of the environment with a client; makes it on first use.

    Several test processes may ask at once: one makes it, the others wait.

    Args:
        client: what to install, such as `sclblpy==0.1.10`.
    """
    home = _HOME / client.replace("==", "-")
    interpreter = home / "bin" / "python"
    done = home / "complete"
    _HOME.mkdir(exist_ok=True)
    with FileLock(_HOME / f"{home.name}.lock"):
        if not done.exists():
            # What an interrupted run left behind is of no use.
            shutil.rmtree(home, ignore_errors=True)
            venv.create(home, with_pip=True)
            subprocess.run([interpreter, "-m", "pip", "install", "-q", client], check=True)
            done.write_text(f"{client} on {sys.version}\n")
    return interpreter
