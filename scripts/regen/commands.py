"""Keep the documents in openapi/ and the code in generated/ in step.

Without a command: check the committed documents and generate the code from them, offline.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scailable.runtime.services import DEFAULT_BASE_URL, SERVICES
from scripts.regen import build, diff, document, pull
from scripts.regen.problem import Problem
from scripts.regen.tree import Tree


def main(arguments: list[str], default_root: Path) -> int:
    """Run one command. 0: fine; 1: a difference, a breaking change, a refusal; 2: wrong usage."""
    options = _parser(default_root).parse_args(arguments)
    tree = Tree(options.root.resolve())
    try:
        if options.command == "pull":
            lines = pull.pull(tree, options.source)
        elif options.command == "diff":
            return _diff(tree, options.source, options.files)
        elif options.check:
            lines = build.check(tree)
        else:
            lines = build.regenerate(tree)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _parser(default_root: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="regenerate.py", description=__doc__)
    parser.add_argument("--root", type=Path, default=default_root, help="another working tree")
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; fail if the generated code is not current",
    )
    commands = parser.add_subparsers(dest="command")
    fetching = commands.add_parser(
        "pull", help="replace the documents by those of a running service"
    )
    comparing = commands.add_parser(
        "diff", help="breaking and additive changes of a running service, or of files, in words"
    )
    for command in (fetching, comparing):
        command.add_argument("--from", dest="source", metavar="URL", default=DEFAULT_BASE_URL)
    comparing.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help=f"named for its service: {', '.join(SERVICES)}.json",
    )
    return parser


def _diff(tree: Tree, base_url: str, files: list[Path]) -> int:
    """Print the changes; 1 when one is breaking or a document could not be had."""
    trouble: list[str] = []
    if files:
        found = {}
        for path in files:
            if path.stem not in SERVICES:
                raise Problem(f"{path}: not named for a service ({', '.join(SERVICES)}).")
            if not path.is_file():
                raise Problem(f"{path}: there is no such file.")
            found[path.stem] = document.parse(path.read_bytes(), str(path))
            build.validate(found[path.stem], str(path))
    else:
        found, unreachable, refused = pull.documents(base_url)
        trouble = [*unreachable, *refused]
    changes = []
    for service, new in found.items():
        source = tree.document(service)
        if not source.is_file():
            raise Problem(f"openapi/{service}.json: there is no such document to compare with.")
        old = document.parse(source.read_bytes(), f"openapi/{service}.json")
        of_service = diff.compare(old, new)
        for change in of_service:
            print(f"{service}: {change}")
        changes += of_service
    breaking = sum(change.breaking for change in changes)
    print(f"{breaking} breaking, {len(changes) - breaking} additive.")
    for line in trouble:
        print(line, file=sys.stderr)
    return 1 if breaking or trouble else 0
