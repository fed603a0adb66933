"""`python -m scailable.onnx FILE...`: check files, print the reports as JSON.

Exit code 0 when every file is fit, 1 when one has errors, 2 when one cannot be read.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import get_args

from scailable.onnx import Profile
from scailable.onnx.reports.results import as_json, check_one, exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named in `arguments`, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m scailable.onnx", description="Check ONNX files."
    )
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--profile", choices=get_args(Profile), default="scailable")
    parser.add_argument("--max-size", type=int, metavar="BYTES", help="refuse larger files")
    options = parser.parse_args(arguments)
    results = [check_one(file, options.profile, options.max_size) for file in options.files]
    documents = [result.to_dict() for result in results]
    sys.stdout.write(as_json(documents if len(documents) > 1 else documents[0]) + "\n")
    return exit_code(results)


def run() -> int:
    """As `main`; a reader that has gone, such as `head`, is no failure to talk about."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # as JSON is, whatever the terminal takes
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
