"""What docs/onnx.md shows of the command line is what the command line does."""

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.digits import DIGITS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "onnx.md").read_text("utf-8")


def sessions() -> list[tuple[str, str]]:
    """What is typed in the console blocks, and what is shown then."""
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    typed = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE)
    return [(command, shown) for command, shown in typed]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCAILABLE_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**kept, "PATH": path, "SCAILABLE_CONFIG_DIR": str(folder / "config")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_session(tmp_path: Path) -> None:
    assert len(sessions()) > 4
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for command, shown in sessions():
        done = run(command, tmp_path)
        assert done.stderr == "", command
        matches = doctest.OutputChecker().check_output(shown, done.stdout, doctest.ELLIPSIS)
        assert matches, f"$ {command}\n{done.stdout}"


@pytest.mark.parametrize("fit", [True, False])
def test_the_step_of_the_workflow(tmp_path: Path, fit: bool) -> None:
    (command,) = re.findall(r"- run: (scailable .*)", PAGE)
    (report,) = re.findall(r"sarif_file: (.*)", PAGE)
    (tmp_path / "models").mkdir()
    shutil.copy(DIGITS, tmp_path / "models")
    if not fit:
        (tmp_path / "models" / "empty.onnx").touch()
    assert run(command, tmp_path).returncode == (0 if fit else 1)
    assert (tmp_path / report).read_text().count('"ruleId": "ONNX-FILE-001"') == (not fit)


def test_every_option_is_described() -> None:
    from scailable.cli.check import check

    for parameter in check.params:
        if parameter not in getattr(check, "global_options", []) and parameter.name != "files":
            assert f"`{max(parameter.opts, key=len)}" in PAGE.replace("`-o`, `--", "`--")
