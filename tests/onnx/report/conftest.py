"""Results that are looked at in many ways."""

from pathlib import Path

import pytest

from scailable.onnx.reports.results import Result
from tests.onnx.report.results import results_of


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the results are."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="session")
def results(folder: Path) -> list[Result]:
    """Results of every kind."""
    return results_of(folder)
