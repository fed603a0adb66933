"""A report as people read it."""

import re
import shlex
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scailable.onnx.report import Finding, Report, Severity
from scailable.onnx.reports.results import Result, Unreadable
from scailable.onnx.text import printable, readable_size

# More findings of one rule say nothing new; the JSON has them all.
MOST_OF_A_RULE = 10
_MOST_TENSORS = 20
_LONGEST = 32
_CUT = 120
_FILE = re.compile(r"(scailable models \w+) FILE\b")
_NARROWEST = 40
_INDENT = " " * 9

_NOUNS: dict[Severity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "info": ("note", "notes"),
}
_RED, _GREEN, _YELLOW, _CYAN, _BOLD = "31", "32", "33", "36", "1"
_COLORS: dict[Severity, str] = {"error": _RED, "warning": _YELLOW, "info": _CYAN}
_BY_VERDICT = {"fit": _GREEN, "fit with warnings": _YELLOW, "not fit": _RED}


@dataclass(frozen=True)
class _Page:
    """How lines are drawn."""

    color: bool
    width: int | None

    def paint(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.color else text

    def wrapped(self, text: str, *, hang: str = "") -> list[str]:
        """Indented lines of `text`; `hang` indents all but the first further."""
        safe = printable(text)
        if self.width is None:
            return [_INDENT + safe]
        return textwrap.wrap(
            safe,
            max(self.width, _NARROWEST),
            initial_indent=_INDENT,
            subsequent_indent=_INDENT + hang,
            # Commands and names are there to be copied.
            break_long_words=False,
            break_on_hyphens=False,
        )


def report_text(report: Report, *, color: bool = False, width: int | None = None) -> str:
    """What `Report.text` returns."""
    page = _Page(color, width)
    lines = [_headline(report, page), *_findings(report, page)]
    facts = list(_facts(report, page))
    if report.findings:
        lines.append("")
    lines += facts
    if report.findings:
        code = report.findings[0].code
        lines += ["", f"More: scailable models check --explain {code}"]
    return "\n".join(line.rstrip() for line in lines)


def counted(report: Report) -> str:
    """`2 errors, 1 warning`; empty when there is no finding.

    >>> from scailable.onnx import Report
    >>> counted(
    ...     Report(path="a", profile="generic", size=0, sha256=None, facts=None, findings=())
    ... )
    ''
    """
    return ", ".join(
        f"{count} {_NOUNS[severity][count != 1]}"
        for severity, count in report.counts.items()
        if count
    )


def summary(results: Sequence[Result]) -> str:
    """One line about several files."""
    verdicts = Counter(
        "cannot be read" if isinstance(result, Unreadable) else result.verdict for result in results
    )
    parts = [
        f"{verdicts[each]} {each}" for each in (*_BY_VERDICT, "cannot be read") if verdicts[each]
    ]
    return f"{len(results)} files: {', '.join(parts)}"


def _headline(report: Report, page: _Page) -> str:
    verdict = page.paint(report.verdict, _BOLD, _BY_VERDICT[report.verdict])
    counts = counted(report)
    dash = f" — {counts}" if counts else ""
    return (
        f"{page.paint(printable(report.path), _BOLD)}: {verdict}{dash} (profile {report.profile})"
    )


def _findings(report: Report, page: _Page) -> Iterator[str]:
    shown: Counter[str] = Counter()
    found = Counter(finding.code for finding in report.findings)
    for finding in report.findings:
        shown[finding.code] += 1
        if shown[finding.code] <= MOST_OF_A_RULE:
            yield from _finding(finding, report.path, page)
        elif shown[finding.code] == found[finding.code]:
            more = found[finding.code] - MOST_OF_A_RULE
            yield f"{_INDENT}… and {more} more of {finding.code}; --format json has them all"


def _finding(finding: Finding, path: str, page: _Page) -> Iterator[str]:
    severity = page.paint(f"{finding.severity:7}", _COLORS[finding.severity])
    yield f"{severity}  {page.paint(finding.code, _BOLD)}  {printable(finding.place)}"
    yield from page.wrapped(finding.message)
    if finding.fix:
        # Commands of ours name the file they were found in, ready to be copied.
        fix = _FILE.sub(lambda command: f"{command[1]} {shlex.quote(path)}", finding.fix)
        yield from page.wrapped(f"fix: {fix}", hang="     ")


def _facts(report: Report, page: _Page) -> Iterator[str]:
    facts = report.facts
    if facts is not None:
        for label, tensors in (("input", facts.inputs), ("output", facts.outputs)):
            names = [printable(_cut(tensor.name)) for tensor in tensors[:_MOST_TENSORS]]
            longest = min(max(map(len, names), default=0), _LONGEST)
            for name, tensor in zip(names, tensors, strict=False):
                yield f"{label:7}  {name:{longest}}  {printable(str(tensor))}"
            if len(tensors) > _MOST_TENSORS:
                yield f"{_INDENT}… and {len(tensors) - _MOST_TENSORS} more {label}s"
        opsets = ", ".join(
            f"{domain} {version}" if domain else str(version)
            for domain, version in facts.opsets.items()
        )
        by = f", written by {facts.producer}" if facts.producer else ""
        yield printable(f"opset    {opsets or 'none'}; IR {facts.ir_version}{by}")
    for file in report.external[:_MOST_TENSORS]:
        said = f"data     {file.location}  {readable_size(file.size)}, sha256 {file.sha256}"
        yield printable(said)
    if len(report.external) > _MOST_TENSORS:
        yield f"{_INDENT}… and {len(report.external) - _MOST_TENSORS} more files"
    digest = f", sha256 {report.sha256}" if report.sha256 else ""
    yield f"file     {readable_size(report.size)}{digest}"


def _cut(name: str) -> str:
    """A name with all its labels can be longer than the rest of the report."""
    return name if len(name) <= _CUT else f"{name[:_CUT]}…"
