"""From an uploaded file to what devices can run, in the background."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from scailable.cloud.inspection import InspectionFailed, inspect_model
from scailable.cloud.jobs import Job
from scailable.cloud.services import history, revisions
from scailable.cloud.services.compute.shown import FOR_DEVICES, ORIGINAL
from scailable.cloud.services.compute.tensors import image_size, named_tensors, property_of
from scailable.cloud.store import Scope
from scailable.cloud.store.tables import artefacts, function_properties, functions
from scailable.cloud.uploads import StoredUpload
from scailable.onnx.report import ModelFacts

if TYPE_CHECKING:
    from scailable.cloud.app import Cloud

KIND = "function.convert"

# The service says that a conversion takes a minute at most; large models get some more.
_TIMEOUT = 300.0


def start(cloud: "Cloud", scope: Scope, function: str, upload: StoredUpload, now: datetime) -> None:
    """Give a function a new file and have it converted.

    What devices run stays as it is until the conversion has ended well.
    """
    cloud.blobs.keep(scope, upload)
    file = {"filename": upload.filename, "digest": upload.sha256, "size": upload.size}
    _replace_file(cloud, scope, function, {**file, "mime_type": ORIGINAL}, now)
    scope.update(
        functions,
        functions.c.uuid == function,
        status="processing",
        code_status="processing",
        code_message=None,
        revision=functions.c.revision + 1,
    )
    revision = scope.scalar(select(functions.c.revision).where(functions.c.uuid == function))
    cloud.jobs.add(scope, KIND, {"function": function, "revision": revision})


def convert(cloud: "Cloud", job: Job) -> None:
    """The body of the job: inspects the file and writes down what came of it."""
    assert job.organisation_uuid is not None
    function = job.payload["function"]
    with cloud.store.read(job.organisation_uuid) as scope:
        original = scope.first(
            select(artefacts.c.digest, artefacts.c.size, artefacts.c.filename)
            .join_from(artefacts, functions)
            .where(
                functions.c.uuid == function,
                functions.c.revision == job.payload["revision"],
                artefacts.c.mime_type == ORIGINAL,
            )
        )
    if original is None:
        return  # deleted, or there is a newer file with a job of its own
    try:
        with cloud.blobs.file(original.digest) as path:
            facts = inspect_model(path, timeout=_TIMEOUT, stopping=job.stopping)
    except InspectionFailed as error:
        give_up(cloud, job, str(error))
    else:
        _finish(cloud, job, original, facts)


def give_up(cloud: "Cloud", job: Job, reason: str) -> None:
    """Note that the conversion failed; what devices run stays."""
    assert job.organisation_uuid is not None
    with cloud.store.write(job.organisation_uuid) as scope:
        fail(scope, job.payload["function"], job.payload["revision"], reason, cloud.clock.now())


def fail(scope: Scope, function: str, revision: int, reason: str, now: datetime) -> None:
    """Set the state of a function to error, unless it got a newer file."""
    scope.update(
        functions,
        functions.c.uuid == function,
        functions.c.revision == revision,
        status="error",
        code_status="error",
        code_message=reason,
        updated_at=now,
    )


def _finish(cloud: "Cloud", job: Job, original: Row[Any], facts: ModelFacts) -> None:
    assert job.organisation_uuid is not None
    function = job.payload["function"]
    now = cloud.clock.now()
    width, height = image_size(facts) or (None, None)
    with cloud.store.write(job.organisation_uuid) as scope:
        current = scope.update(
            functions,
            functions.c.uuid == function,
            functions.c.revision == job.payload["revision"],
            status="ok",
            code_status="ok",
            code_message=None,
            named_input=named_tensors(facts.inputs),
            named_output=named_tensors(facts.outputs),
            width=width,
            height=height,
            updated_at=now,
        )
        if not current:
            return
        # The vendor hands the original to devices when it cannot simplify a model. Nothing is
        # simplified here: what devices run is the original, byte for byte.
        file = {**original._mapping, "mime_type": FOR_DEVICES, "runtime_arch": "cpu"}
        _replace_file(cloud, scope, function, file, now)
        _note_properties(scope, function, facts)
        history.record(scope, "function.converted", function, now)
        revisions.raise_for(cloud, scope, revisions.having(function))


def _replace_file(
    cloud: "Cloud", scope: Scope, function: str, file: Mapping[str, Any], now: datetime
) -> None:
    """Make a blob the file of a function that has this media type."""
    old = (artefacts.c.function_uuid == function, artefacts.c.mime_type == file["mime_type"])
    digests = [row.digest for row in scope.rows(select(artefacts.c.digest).where(*old))]
    scope.delete(artefacts, *old)
    row = {"uuid": str(uuid.uuid4()), "function_uuid": function, "inserted_at": now}
    scope.insert(artefacts, {**row, **file})
    cloud.blobs.release(scope, *digests)


def _note_properties(scope: Scope, function: str, facts: ModelFacts) -> None:
    scope.delete(function_properties, function_properties.c.function_uuid == function)
    found = {
        *(("input", property_of(tensor.name)) for tensor in facts.inputs),
        *(("output", property_of(tensor.name)) for tensor in facts.outputs),
    }
    rows = [
        {"function_uuid": function, "direction": direction, "property": name}
        for direction, name in sorted(found)
    ]
    scope.insert(function_properties, *rows)
