"""Results as SARIF 2.1.0, the form in which code scanning services take findings.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Beyond the standard, GitHub asks
for a region in lines and columns with every result, keeps findings of two runs apart by their
`primaryLocationLineHash`, and rejects a run of more than 25,000 results.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scailable.onnx.report import Finding, Profile, Report, Severity
from scailable.onnx.reports.results import Result, Unreadable
from scailable.onnx.rules import RULES, Rule
from scailable.onnx.text import printable

MOST_RESULTS = 25_000
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_EXIT_CODES = ("every file is fit", "a file has errors", "a file cannot be read")
# The words with which `Finding.where` begins.
_KINDS = ("input", "output", "initializer", "tensor", "node", "function", "graph", "attribute")


def sarif_log(
    results: Sequence[Result], profile: Profile, exit_code: int, *, folder: Path | None = None
) -> dict[str, Any]:
    """A SARIF log with one run.

    Args:
        results: of the files that were checked.
        profile: the rules they were checked against.
        exit_code: what the command leaves with.
        folder: what locations are relative to; the working folder by default.
    """
    base = Path.cwd() if folder is None else folder
    rules = [rule for _, rule in sorted(RULES.items()) if rule.applies(profile)]
    index = {rule.code: number for number, rule in enumerate(rules)}
    found = list(_results(results, index, base))
    notes = [_unreadable(each, base) for each in results if isinstance(each, Unreadable)]
    if len(found) > MOST_RESULTS:
        # Where the reader stops counting, errors must not be what is left out.
        found.sort(key=lambda each: list(_LEVELS.values()).index(each["level"]))
        said = f"{len(found) - MOST_RESULTS} of {len(found)} results are left out."
        notes.append({"level": "warning", "message": {"text": said}})
    driver = {
        "name": "scailable",
        "fullName": "scailable models check",
        "version": version("scailable"),
        "shortDescription": {"text": "Checks ONNX models before they are uploaded."},
        "rules": [_rule(rule, profile) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": not any(isinstance(each, Unreadable) for each in results),
                "exitCode": exit_code,
                "exitCodeDescription": _EXIT_CODES[exit_code],
                "toolExecutionNotifications": notes,
            }
        ],
        "artifacts": [_artifact(each, base) for each in results],
        "results": found[:MOST_RESULTS],
        "columnKind": "unicodeCodePoints",
        "properties": {"profile": profile},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, profile: Profile) -> dict[str, Any]:
    severity = rule.severity(profile)
    assert severity is not None
    about = f"{rule.about} Source: {rule.source.rstrip('.')}."
    more = f"scailable models check --explain {rule.code}"
    described: dict[str, Any] = {
        "id": rule.code,
        "shortDescription": {"text": rule.about},
        "fullDescription": {"text": about},
        "help": {
            "text": f"{about} More: docs/onnx-rules.md, or {more}",
            "markdown": f"{about}\n\nMore: `docs/onnx-rules.md`, or `{more}`",
        },
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": ["onnx", "safety"] if rule.safety else ["onnx"]},
    }
    address = re.search(r"https?://[^\s)]+", rule.source)
    if address is not None:
        described["helpUri"] = address[0]
    return described


def _results(
    results: Sequence[Result], index: dict[str, int], base: Path
) -> Iterator[dict[str, Any]]:
    for number, result in enumerate(results):
        if isinstance(result, Unreadable):
            continue
        seen: Counter[str] = Counter()
        for finding in result.findings:
            # Without the message and the offset: they change with what is around the place.
            place = f"{finding.code}\n{finding.where}"
            seen[place] += 1
            digest = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:16]
            yield {
                "ruleId": finding.code,
                # -1, the default: a rule of another version, of which there is no description here
                "ruleIndex": index.get(finding.code, -1),
                "level": _LEVELS[finding.severity],
                "message": {"text": _message(finding)},
                "locations": [_location(finding, uri(result.path, base), number)],
                "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{seen[place]}"},
                "properties": {"safety": finding.safety},
            }


def _message(finding: Finding) -> str:
    place = f"{finding.place}: " if finding.place else ""
    fix = f" Fix: {finding.fix}" if finding.fix else ""
    said = printable(f"{place}{finding.message.rstrip('.')}.{fix}")
    # `[words](address)` is a link in a SARIF message, whoever chose the words.
    return said.replace("](", "]\\(")


def _location(finding: Finding, address: str, artifact: int) -> dict[str, Any]:
    # Code scanning asks for all four, whatever kind of file it is.
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    if finding.offset is not None:
        region["byteOffset"] = finding.offset
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": address, "index": artifact},
            "region": region,
        }
    }
    if finding.where and finding.where != f"byte {finding.offset}":
        where = printable(finding.where)
        logical = {"fullyQualifiedName": where}
        kind, _, name = where.partition(" ")
        if kind in _KINDS and name:
            logical |= {"kind": kind, "name": name}
        location["logicalLocations"] = [logical]
    return location


def _artifact(result: Result, base: Path) -> dict[str, Any]:
    artifact: dict[str, Any] = {
        "location": {"uri": uri(result.path, base)},
        "roles": ["analysisTarget"],
    }
    if isinstance(result, Report):
        artifact["length"] = result.size
        if result.sha256 is not None:
            artifact |= {"mimeType": "application/x-onnx", "hashes": {"sha-256": result.sha256}}
    return artifact


def _unreadable(result: Unreadable, base: Path) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": uri(result.path, base)}}}
    return {
        "level": "error",
        "message": {"text": printable(f"{result.error} {result.hint}".rstrip())},
        "locations": [place],
    }


def uri(path: str, base: Path) -> str:
    """The file relative to a folder above it, or else its absolute `file:` address.

    >>> uri("models/my model#1.onnx", Path.cwd())
    'models/my%20model%231.onnx'
    """
    absolute = Path(os.path.abspath(path.replace("\0", "")))  # noqa: PTH100  # without following links
    if absolute.is_relative_to(base):
        return quote(os.fsencode(absolute.relative_to(base).as_posix()))
    return absolute.as_uri()
