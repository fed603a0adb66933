"""An environment of its own for the published client, made once and kept in `.venvs`."""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from filelock import FileLock

CLIENT = "sclblpy==0.1.10"
_HOME = Path(__file__).parents[3] / ".venvs"


def python() -> Path:
    """The interpreter of the environment with the client; makes it on first use.

    Several test processes may ask at once: one makes it, the others wait.
    """
    home = _HOME / CLIENT.replace("==", "-")
    interpreter = home / "bin" / "python"
    done = home / "complete"
    _HOME.mkdir(exist_ok=True)
    with FileLock(_HOME / f"{home.name}.lock"):
        if not done.exists():
            # What an interrupted run left behind is of no use.
            shutil.rmtree(home, ignore_errors=True)
            venv.create(home, with_pip=True)
            subprocess.run([interpreter, "-m", "pip", "install", "-q", CLIENT], check=True)
            done.write_text(f"{CLIENT} on {sys.version}\n")
    return interpreter


def private_copy(folder: Path) -> Path:
    """Copy the installed client to `folder`: it keeps its tokens inside its own package."""
    where = subprocess.run(
        [python(), "-c", "import sclblpy; print(sclblpy.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    shutil.copytree(where, folder / "sclblpy")
    return folder
