"""`scailable models`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scailable.cli import ask, listing, names, output
from scailable.cli.base import Group, State, pass_state
from scailable.cli.bench import bench
from scailable.cli.check import check, show_report
from scailable.cli.diff import diff
from scailable.cli.fix import fix
from scailable.cli.inspect import inspect
from scailable.cli.progress import progress
from scailable.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable import Client
    from scailable.onnx import Report
    from scailable.types import Model, ModelSummary

NO_CATALOGUE = "00000000-0000-0000-0000-000000000000"

COLUMNS: tuple[output.Column[ModelSummary], ...] = (
    output.Column("UUID", lambda model: model.uuid, fixed=True),
    output.Column("NAME", lambda model: model.name),
    output.Column("STATUS", lambda model: model.status),
    output.Column("DEVICES", lambda model: model.device_count),
    output.Column("UPDATED", lambda model: model.updated_at),
)


@click.group(cls=Group)
def models() -> None:
    """Check, upload and manage models. A model is named by its UUID or its exact name."""


models.add_command(check)
models.add_command(diff)
models.add_command(fix)
models.add_command(inspect)
models.add_command(run)
models.add_command(bench)


class _Json(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.5 only
    """A JSON object on the command line, or in a file given as @FILE."""

    name = "JSON"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        try:
            text = Path(value[1:]).read_text(encoding="utf-8") if value[:1] == "@" else value
            decoded = json.loads(text)
        except OSError as error:
            self.fail(f"cannot read {value[1:]}: {error.strerror}.", param, ctx)
        except ValueError as error:
            self.fail(f"not JSON: {error}.", param, ctx)
        if not isinstance(decoded, dict):
            self.fail("not a JSON object.", param, ctx)
        return decoded


def _described(command: Callable[..., None]) -> Callable[..., None]:
    """The options that describe a model, for `upload` and `update`."""
    for option in (
        click.option("--output-driver-details", type=_Json(), help="Settings of that (or @FILE)."),
        click.option("--output-driver", help="What to make of the output."),
        click.option("--input-driver-details", type=_Json(), help="Settings of that (or @FILE)."),
        click.option("--input-driver", help="What feeds the model."),
        click.option("--source-url", help="Address of where the model comes from."),
        click.option("--source-name", help="Name of where the model comes from."),
        click.option(
            "--catalogue",
            "catalogues",
            metavar="CATALOGUE",
            multiple=True,
            help="Catalogue to put it in (again for more).",
        ),
        click.option("--documentation", help="Text that explains the model."),
        click.option("--alias", help="A second name."),
        click.option("--name", help="Name of the model."),
    ):
        command = option(command)
    return command


_progress_option = click.option(
    "--progress/--no-progress",
    "shown",
    default=None,
    help="Show progress; by default on a terminal only.",
)
_timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the conversion.",
)


def _sent(command: Callable[..., None]) -> Callable[..., None]:
    """The options of sending a file, for `upload` and `update`."""
    for option in (
        _progress_option,
        click.option("--no-check", is_flag=True, help="Do not check the file first."),
        click.option(
            "--force", is_flag=True, help="Upload in spite of errors that are no safety rules."
        ),
        _timeout,
        click.option("--wait", is_flag=True, help="Wait until the conversion has ended."),
    ):
        command = option(command)
    return command


def _given(client: Client, options: dict[str, Any]) -> dict[str, Any]:
    """Only what was given; an empty text is None, catalogues are UUIDs."""
    ask.check_name(options["name"])
    given: dict[str, Any] = {
        name: None if value == "" else value
        for name, value in options.items()
        if value not in (None, ())
    }
    if "catalogues" in given:
        given["catalogues"] = [names.catalogue(client, item) for item in given["catalogues"]]
    return given


@models.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--from-version", metavar="VERSION", help="A version of Skafos that holds it, in place of FILE."
)
@click.option("--skafos-app", metavar="NAME", help="Its app; otherwise SKAFOS_APP_NAME.")
@click.option("--skafos-model", metavar="NAME", help="Its model; otherwise SKAFOS_MODEL_NAME.")
@click.option("--member", metavar="NAME", help="Which file of its archive, if it has several.")
@_described
@_sent
@pass_state
def upload(
    state: State,
    /,
    file: Path | None,
    from_version: str | None,
    skafos_app: str | None,
    skafos_model: str | None,
    member: str | None,
    wait: bool,
    timeout: float,
    force: bool,
    no_check: bool,
    shown: bool | None,
    **options: Any,
) -> None:
    """Check a model and upload it. A model with errors is not sent."""
    if (file is None) == (from_version is None):
        raise click.UsageError("Give either FILE or --from-version.")
    if file is not None and (skafos_app, skafos_model, member) != (None, None, None):
        raise click.UsageError(
            "--skafos-app, --skafos-model and --member go with --from-version only."
        )
    with state.client() as client:
        given = _given(client, options)
        if from_version is not None:
            given["from_version"] = client.skafos.get(
                from_version, app=skafos_app, model=skafos_model
            )
            given["member"] = member
        with progress(state, "Uploading", wanted=shown) as on_progress:
            model = client.models.upload(
                file,
                check=not no_check,
                force=force,
                on_report=_reporter(state),
                on_progress=on_progress,
                **given,
            )
        if wait:
            model = _wait(state, client, model, timeout)
        _show(state, model)
        _note_conversion(state, model)


def _note_conversion(state: State, model: Model) -> None:
    if model.status == "processing":
        output.note(state, f"The conversion goes on: scailable models wait {model.uuid}")


def _reporter(state: State) -> Callable[[Report], None]:
    """Shows what a check found; errors whatever the options."""

    def show(report: Report) -> None:
        if not report.ok or (report.findings and state.talkative):
            show_report(report, err=True)

    return show


@models.command("list")
@click.option("--status", help="Only those in this state: ok, processing, error.")
@click.option("--catalogue", help="Only those in this catalogue; `none` for those in none.")
@click.option("--source-name", help="Only those from the source of this name.")
@click.option("--source-url", help="Only those from this address.")
@click.option("--width", metavar="RANGE", help="Width of the image input: 200-, -200, 100-200.")
@click.option("--height", metavar="RANGE", help="Height of the image input, likewise.")
@click.option("--runtime-arch", help="Only those with a file for this runtime.")
@click.option("--input", help="Only those with an input of this name.")
@click.option("--output", help="Only those with an output of this name.")
@listing.paged
@pass_state
def list_models(state: State, /, catalogue: str | None, **filters: Any) -> None:
    """List the models."""
    with state.client() as client:
        if catalogue is not None:
            filters["catalogue"] = (
                NO_CATALOGUE if catalogue == "none" else names.catalogue(client, catalogue)
            )
        output.show_list(
            state,
            client.models.list(**filters),
            COLUMNS,
            nothing="There are no such models. Upload one with: scailable models upload FILE",
        )


@models.command()
@click.argument("model")
@pass_state
def get(state: State, model: str) -> None:
    """Show a model."""
    with state.client() as client:
        _show(state, client.models.get(names.model(client, model)))


@models.command()
@click.argument("model")
@click.option("--file", type=click.Path(path_type=Path), help="New file; it is converted again.")
@_described
@_sent
@pass_state
def update(
    state: State,
    /,
    model: str,
    file: Path | None,
    wait: bool,
    timeout: float,
    force: bool,
    no_check: bool,
    shown: bool | None,
    **options: Any,
) -> None:
    """Change a model; what is not given stays, an empty text ("") clears."""
    with state.client() as client:
        given = _given(client, options)
        if file is None and not given:
            raise click.UsageError("Nothing to change was given.")
        uuid = names.model(client, model)
        if file is None:
            changed = client.models.update(uuid, **given)
        else:
            with progress(state, "Uploading", wanted=shown) as on_progress:
                changed = client.models.update(
                    uuid,
                    file=file,
                    check=not no_check,
                    force=force,
                    on_report=_reporter(state),
                    on_progress=on_progress,
                    **given,
                )
        if wait:
            changed = _wait(state, client, changed, timeout)
        _show(state, changed)
        _note_conversion(state, changed)


@models.command()
@click.argument("model")
@ask.yes_option
@pass_state
def delete(state: State, model: str, yes: bool) -> None:
    """Delete a model, its files and its assignments to devices."""
    with state.client() as client:
        uuid = names.model(client, model)
        ask.confirm(f"Delete the model {model} and its assignments?", yes=yes)
        client.models.delete(uuid)
        output.note(state, f"Deleted the model {model}.")


@models.command()
@click.argument("model")
@_timeout
@pass_state
def wait(state: State, model: str, timeout: float) -> None:
    """Wait until the conversion of a model has ended. Exit code 1 when it failed."""
    with state.client() as client:
        _show(state, _wait(state, client, names.model(client, model), timeout))


@models.command()
@click.argument("model")
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), help="File or folder to write to."
)
@click.option("--mime-type", help="Which of the model's files.")
@_progress_option
@pass_state
def download(
    state: State, model: str, path: Path | None, mime_type: str | None, shown: bool | None
) -> None:
    """Download a model.

    The file appears only when it is whole and its digest is right.
    """
    with state.client() as client:
        uuid = names.model(client, model)
        with progress(state, "Downloading", wanted=shown) as on_progress:
            written = client.models.download(
                uuid, path, mime_type=mime_type, on_progress=on_progress
            )
        if state.json:
            output.show_json({"path": str(written), "size": written.stat().st_size})
        else:
            click.echo(written)


def _wait(state: State, client: Client, model: Model | str, timeout: float) -> Model:
    """Wait for the conversion, telling each new state."""
    told: list[str] = []

    def on_update(current: Model) -> None:
        if current.status not in told:
            told.append(current.status)
            output.note(state, f"{output.text(current.name)}: {output.text(current.status)}")

    return client.models.wait(model, timeout=timeout, on_update=on_update)


def _show(state: State, model: Model) -> None:
    output.show(
        state,
        model,
        [
            ("UUID", model.uuid),
            ("Name", model.name),
            ("Alias", model.alias),
            ("Status", model.status),
            ("Message", model.code.message),
            ("Documentation", model.documentation),
            ("Inputs", [_tensor(each) for each in model.named_input or ()]),
            ("Outputs", [_tensor(each) for each in model.named_output or ()]),
            ("Input driver", model.input_driver),
            ("Output driver", model.output_driver),
            ("Catalogues", [each.name for each in model.catalogues or ()]),
            ("Source", model.source.name if model.source else None),
            ("Files", [_file(each) for each in model.downloads or ()]),
            ("Devices", model.device_count),
            ("Created", model.inserted_at),
            ("Updated", model.updated_at),
        ],
    )


def _tensor(tensor: Any) -> str:
    shape = "x".join(str(size) for size in tensor.shape)
    return f"{tensor.name}  {tensor.data_type} {shape}".rstrip()


def _file(download: Any) -> str:
    from scailable.onnx.text import readable_size

    architecture = f"  {download.runtime_arch}" if download.runtime_arch else ""
    return f"{download.mime_type}  {readable_size(download.size)}{architecture}"
