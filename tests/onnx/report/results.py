"""Reports of many kinds, of real files."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import onnx
from onnx import helper

from scailable.onnx.reports.results import Result, check_one, schema
from tests.onnx.models import FLOAT, classifier, image, model, save, value


def external(folder: Path) -> Path:
    """A model with its weights in a file beside it."""
    weight = helper.make_tensor("w", FLOAT, [3], b"\0" * 12, raw=True)
    nodes = [
        helper.make_node("GlobalAveragePool", ["image-"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Add", ["flat", "w"], ["scores-0:A;1:B;2:C"]),
    ]
    made = model([image()], [value("scores-0:A;1:B;2:C", (1, 3))], nodes, initializers=[weight])
    path = folder / "external.onnx"
    onnx.save(made, path, save_as_external_data=True, location="w.data", size_threshold=0)
    return path


def files(folder: Path) -> list[Path]:
    """Files of every verdict, in an order."""
    cut = folder / "cut.onnx"
    cut.write_bytes(classifier().SerializeToString()[:-7])
    page = folder / "page.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    return [
        save(classifier(), folder, "fit.onnx"),
        save(classifier(input_name="data"), folder, "a b#\x1b[31m.onnx"),
        save(classifier(input_name="data\x1b[2J](x)", shape=(1, 3, "n", 8)), folder, "unfit.onnx"),
        external(folder),
        cut,
        page,
        folder / "missing.onnx",
        folder,
    ]


def results_of(folder: Path) -> list[Result]:
    """What `files` give."""
    return [check_one(str(path)) for path in files(folder)]


@cache
def _validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema()))


def insist_on_schema(document: Any) -> None:
    """Every report and list of reports follows the schema that is shipped."""
    _validator().validate(document)
