"""What docs/onnx-fix.md shows is what happens, in the order of the page."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "onnx-fix.md").read_text("utf-8")
DEADLINE = 60


def run(words: list[str] | str, folder: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCAILABLE_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        words,
        shell=isinstance(words, str),
        cwd=folder,
        env={**kept, "PATH": path, "SCAILABLE_CONFIG_DIR": str(folder / "config")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.stderr == "", words
    return done.stdout


def test_the_page(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks].count("console") > 2
    for kind, block in blocks:
        if kind == "python":
            run([sys.executable, "-c", block], tmp_path)
            continue
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            given = run(command, tmp_path)
            matches = doctest.OutputChecker().check_output(shown, given, doctest.ELLIPSIS)
            assert matches, f"$ {command}\n{given}"


def test_every_option_is_described() -> None:
    from scailable.cli.fix import fix

    for parameter in fix.params:
        if parameter not in fix.global_options and parameter.name not in ("file", "target"):
            assert f"`{parameter.opts[0]}" in PAGE
