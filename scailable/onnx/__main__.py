"""`python -m scailable.onnx FILE...`: check files, print the reports as JSON.

Exit code 0 when every file is fit, 1 when one has errors, 2 when one cannot be read.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, get_args

from scailable.errors import MissingExtraError
from scailable.onnx import Profile, UnreadableFile, check


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named in `arguments`, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m scailable.onnx", description="Check ONNX files."
    )
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--profile", choices=get_args(Profile), default="scailable")
    parser.add_argument("--max-size", type=int, metavar="BYTES", help="refuse larger files")
    options = parser.parse_args(arguments)
    results: list[dict[str, Any]] = []
    code = 0
    for file in options.files:
        try:
            report = check(file, options.profile, options.max_size)
        except (UnreadableFile, MissingExtraError) as error:
            results.append({"path": file, "error": str(error)})
            code = 2
        else:
            results.append(report.to_dict())
            code = max(code, 0 if report.ok else 1)
    json.dump(results if len(results) > 1 else results[0], sys.stdout, indent=2)
    sys.stdout.write("\n")
    return code


def run() -> int:
    """As `main`; a reader that has gone, such as `head`, is no failure to talk about."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(run())
