"""What the generator loses without a word, with --fail-on-warning; our rules name each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.regen import document, lint
from scripts.regen.problem import Problem
from tests.generator import sample
from tests.traps.conftest import run_default_generator


def twice_the_same_name(source: dict[str, Any]) -> None:
    source["paths"]["/things"]["get"]["operationId"] = "get_thing"


def a_path_as_reference(source: dict[str, Any]) -> None:
    source["paths"]["/things"] = {"$ref": "#/components/pathItems/Things"}


def a_parameter_with_content(source: dict[str, Any]) -> None:
    source["paths"]["/things"]["get"]["parameters"] = [
        {
            "name": "Filter",
            "in": "query",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    ]


def a_list_with_commas(source: dict[str, Any]) -> None:
    source["paths"]["/things"]["get"]["parameters"] = [
        {
            "name": "Kinds",
            "in": "query",
            "explode": False,
            "schema": {"type": "array", "items": {"type": "string"}},
        }
    ]


def security_for_all(source: dict[str, Any]) -> None:
    source["security"] = [{"User": []}]
    del source["paths"]["/things"]["get"]["security"]


def variants_alike(source: dict[str, Any]) -> None:
    source["components"]["schemas"]["Thing"]["properties"]["Note"] = {
        "oneOf": [sample.reference("Part"), sample.reference("Message")],
        "discriminator": {"propertyName": "Kind"},
    }


def anything(source: dict[str, Any]) -> None:
    content = source["paths"]["/things"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = {}


SILENT = [
    twice_the_same_name,
    a_path_as_reference,
    a_parameter_with_content,
    a_list_with_commas,
    security_for_all,
    variants_alike,
    anything,
]


@pytest.mark.parametrize("change", SILENT, ids=lambda change: change.__name__)
def test_a_loss_without_a_word_is_refused(
    change: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    source = sample.document()
    change(source)
    run_default_generator(source, tmp_path / "theirs")  # exit code 0, and no warning

    with pytest.raises(Problem):
        document.vet(source, "sample")
        lint.check(source, "sample")
