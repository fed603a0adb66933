"""The command line of scripts/regenerate.py."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.regen import build
from scripts.regen.problem import Problem
from scripts.regen.tree import Tree


def main(arguments: list[str], default_root: Path) -> int:
    """Run one command. 0: done; 1: a difference, or something refused; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="regenerate.py", description=__doc__)
    parser.add_argument("--root", type=Path, default=default_root, help="the working tree")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    tree = Tree(options.root.resolve())
    try:
        if options.check:
            lines = build.check(tree)
        else:
            lines = build.regenerate(tree)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0
