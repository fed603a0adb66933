"""Models: upload, wait until they are converted, list, change, download."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from scailable_api.compute import models as schemas
from scailable_api.compute.api import function as function_api
from scailable_api.compute.api import global_ as global_api

from scailable.errors import (
    ConnectionFailed,
    JobFailed,
    ServerError,
    ValidationError,
    WaitTimeout,
)
from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources.arguments import (
    changes,
    filter_uuid,
    filter_uuids,
    given,
    order_text,
    range_text,
    uuid_of,
    uuids_of,
)
from scailable.resources.artefacts import choose, file_name
from scailable.resources.destination import already_there, place
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.threads import acall
from scailable.resources.upload_plan import (
    check_file,
    confirm_kept,
    derived_details,
    insist_on_fit,
    open_model,
    renewed_details,
)
from scailable.resources.waiting import patient, state_of, wait_before
from scailable.runtime._async.download import adownload
from scailable.runtime.types import UNSET, File, Unset

if TYPE_CHECKING:
    import builtins
    import os
    from collections.abc import Callable, Iterable, Mapping
    from uuid import UUID

    from scailable.onnx import Report
    from scailable.resources.arguments import CatalogueRef, ModelRef, OrderBy, Range
    from scailable.resources.upload_plan import ModelFile
    from scailable.runtime.types import Response
    from scailable.types import (
        Configuration,
        Model,
        ModelStatistics,
        ModelSummary,
        ModelVersion,
        Option,
        SourceInfo,
    )


class AsyncModels(AsyncResource):
    """The models of the organisation; the Compute API calls them functions.

    >>> model = await client.models.upload(path)
    >>> model = await client.models.wait(model)
    >>> model.status
    'ok'
    """

    @property
    def with_response(self) -> AsyncModelsWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> response = await client.models.with_response.get(model)
        >>> response.status, response.parsed.name
        (200, 'digits')
        """
        return AsyncModelsWithResponse(self)

    def list(
        self,
        *,
        q: str | None = None,
        status: str | None = None,
        catalogue: CatalogueRef | None = None,
        ids: Iterable[ModelRef] | None = None,
        source_name: str | None = None,
        source_url: str | None = None,
        width: Range | None = None,
        height: Range | None = None,
        runtime_arch: str | None = None,
        input: str | None = None,
        output: str | None = None,
        licensed_catalogues: Iterable[CatalogueRef] | None = None,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[ModelSummary]:
        """The models that fit all filters given.

        Args:
            q: text to search for.
            status: `processing`, `ok` or `error`.
            catalogue: only models in it; the nil UUID (all zeros) for those in none.
            ids: only these; up to 200.
            source_name, source_url: only models from there.
            width, height: pixels of the image input: a size, or a pair of least and most in which
                None is open, or the service's own text such as `"200-"`.
            runtime_arch: only models with a file for this runtime.
            input, output: only models with such an input or output: its name up to the first `-`,
                as in `image` or `scores`.
            licensed_catalogues: only models in one of these.
            order_by: `name`, `updated_at`, `inserted_at`; a `-` reverses. One, or several in order.
            limit: most items in all.
            offset: items to skip.
            page_size: items of one request, 1 to 1000.
            timeout: seconds for each request.

        >>> [model.name async for model in client.models.list(q="dig", status="ok")]
        ['digits']
        """
        catalogue_uuid, functions = filter_uuid(catalogue), filter_uuids(ids)
        licensed, order = filter_uuids(licensed_catalogues), order_text(order_by)
        widths, heights = range_text(width), range_text(height)

        async def fetch(offset: int, limit: int) -> Response[builtins.list[ModelSummary]]:
            return await function_api.list_functions.asyncio_detailed(
                client=self.caller,
                q=given(q),
                status=given(status),
                catalogue=catalogue_uuid,
                functions=functions,
                source_name=given(source_name),
                source_url=given(source_url),
                width=widths,
                height=heights,
                runtime_arch=given(runtime_arch),
                input_property=given(input),
                output_property=given(output),
                licensed_catalogue=licensed,
                order_by=order,
                offset=offset,
                limit=limit,
                timeout=timeout,
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def get(self, model: ModelRef, *, timeout: float | None = None) -> Model:
        """One model, as the service has it now, with its downloads.

        Args:
            model: the object or its UUID.

        Raises:
            NotFound: there is none of this UUID in the organisation.

        >>> model = await client.models.get(str(model.uuid))
        >>> [tensor.shape for tensor in model.named_input]
        [[1, 1, 8, 8]]
        """
        return await function_api.get_function.asyncio(
            uuid_of(model), client=self.caller, timeout=timeout
        )

    async def upload(
        self,
        path: str | os.PathLike[str] | None = None,
        name: str | None = None,
        *,
        from_version: ModelVersion | None = None,
        member: str | None = None,
        documentation: str | None = None,
        alias: str | None = None,
        input_driver: str = "vision",
        input_driver_details: Mapping[str, Any] | None = None,
        output_driver: str = "",
        output_driver_details: Mapping[str, Any] | None = None,
        source_name: str | None = None,
        source_url: str | None = None,
        catalogues: Iterable[CatalogueRef] = (),
        check: bool = True,
        force: bool = False,
        on_report: Callable[[Report], None] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        timeout: float | None = None,
    ) -> Model:
        """Check an ONNX file and upload it as a new model. Conversion goes on; see `wait`.

        The file is sent from disk as it is read, and only if it is still the one that was checked.

        Args:
            path: the file.
            name: of the model; the file's name without its suffix when None.
            from_version: a version of Skafos whose archive holds the file, in place of `path`. It
                is downloaded and unpacked for the while; `source_url` becomes
                `urn:uuid:<id of the version>`, by which its devices are counted there.
            member: which file of that archive, where it holds several ONNX files.
            documentation: Markdown.
            alias: second name.
            input_driver: what feeds the model.
            input_driver_details: settings of that driver, such as `means` and `vars`. For
                `vision` the check adds `channels`, `height`, `width` and `order` of the image
                input, and the normalisation (`means`, `vars`) that the description of the graph
                asks for, where they are not given.
            output_driver, output_driver_details: what reads the results, and its settings.
            source_name, source_url: where the model comes from.
            catalogues: objects or UUIDs to put it in.
            check: False sends the file as it is; the service then judges it alone.
            force: send it in spite of errors, unless one is a safety rule.
            on_report: called with the report of the check, before anything is sent.
            on_progress: called with the bytes sent so far and in all; starts again at a retry.
                What it raises breaks off the upload.
            timeout: seconds without progress after which it fails.

        Returns:
            the new model, as a rule with the status `processing`.

        Raises:
            ValidationError: neither or both of `path` and `from_version` were given, or the archive
                holds no ONNX file, or several and `member` does not say which.
            UnreadableFile: the file cannot be read.
            ModelRefused: the check found errors; nothing was sent. Its `report` has them all.
            MissingExtraError: the extra onnx, which the check needs, is not installed.
            TooLarge: it is larger than the service accepts (`configuration().max_upload_size`).
            IntegrityError: the file changed between check and upload; nothing was uploaded.

        >>> model = await client.models.upload(path, "eights", documentation="Finds eights.")
        >>> model.name, model.input_driver_details.to_dict()
        ('eights', {'channels': 1, 'height': 8, 'width': 8, 'order': 0, 'means': [0], 'vars': [16]})
        >>> version = await client.skafos.upload(path, app="doors", model="faces")
        >>> model = await client.models.upload(from_version=version)
        >>> model.name, model.source.name
        ('faces', 'Skafos: doors/faces 1')
        """
        if from_version is not None and path is None:
            from scailable.resources._async.skafos_download import save_unpacked
            from scailable.resources.skafos_archive import model_inside, source_of

            with TemporaryDirectory(prefix="scailable-version-") as folder:
                unpacked = await save_unpacked(
                    self.transport, from_version, Path(folder, "content"), timeout=timeout
                )
                return await self.upload(
                    model_inside(unpacked, member),
                    from_version.name if name is None else name,
                    documentation=documentation,
                    alias=alias,
                    input_driver=input_driver,
                    input_driver_details=input_driver_details,
                    output_driver=output_driver,
                    output_driver_details=output_driver_details,
                    source_name=source_of(from_version) if source_name is None else source_name,
                    source_url=f"urn:uuid:{from_version.id}" if source_url is None else source_url,
                    catalogues=catalogues,
                    check=check,
                    force=force,
                    on_report=on_report,
                    on_progress=on_progress,
                    timeout=timeout,
                )
        if path is None or from_version is not None or member is not None:
            raise ValidationError(
                "A model comes from a file or from a version of Skafos.",
                hint="Give either path or from_version; member goes with the latter.",
            )
        with open_model(path, on_progress) as file:
            report = await self._checked(file, force, on_report, timeout) if check else None
            details = derived_details(report) if input_driver == "vision" else {}
            data = schemas.FunctionInput(
                name=Path(path).stem if name is None else name,
                input_driver=input_driver,
                input_driver_details=schemas.DriverDetails.from_dict(
                    details | dict(input_driver_details or {})
                ),
                output_driver=output_driver,
                output_driver_details=schemas.DriverDetails.from_dict(
                    dict(output_driver_details or {})
                ),
                alias=given(alias),
                documentation=given(documentation),
                source_name=given(source_name),
                source_url=given(source_url),
                catalogues=uuids_of(catalogues) or UNSET,
            )
            body = schemas.CreateFunctionBody(data, File(payload=file.source, file_name=file.name))
            model = await function_api.create_function.asyncio(
                client=self.caller, body=body, timeout=timeout
            )
        confirm_kept(model, report)
        return model

    async def update(
        self,
        model: ModelRef,
        *,
        file: str | os.PathLike[str] | None = None,
        name: str | Unset = UNSET,
        documentation: str | Unset | None = UNSET,
        alias: str | Unset | None = UNSET,
        input_driver: str | Unset = UNSET,
        input_driver_details: Mapping[str, Any] | Unset = UNSET,
        output_driver: str | Unset = UNSET,
        output_driver_details: Mapping[str, Any] | Unset = UNSET,
        source_name: str | Unset | None = UNSET,
        source_url: str | Unset | None = UNSET,
        catalogues: Iterable[CatalogueRef] | Unset = UNSET,
        check: bool = True,
        force: bool = False,
        on_report: Callable[[Report], None] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        timeout: float | None = None,
    ) -> Model:
        """Change a model, with or without a new file. What is not given stays; None clears.

        Args:
            model: the object or its UUID.
            file: a new ONNX file, checked and sent as by `upload`; it is converted anew. Unless
                `input_driver_details` are given, those of a `vision` model get the image sizes of
                the new file; all others stay.
            catalogues: objects or UUIDs, in place of those it is in; none takes it out of all.

        All others are as for `upload`.

        Returns:
            the changed model.

        Raises:
            ValidationError: nothing was given.
            UnreadableFile, ModelRefused, MissingExtraError, TooLarge, IntegrityError: as `upload`.

        >>> model = await client.models.update(model, documentation="Ten digits.")
        >>> model.name, model.documentation
        ('digits', 'Ten digits.')
        """
        fields: dict[str, Any] = {
            "name": name,
            "documentation": documentation,
            "alias": alias,
            "input_driver": input_driver,
            "input_driver_details": _details(input_driver_details),
            "output_driver": output_driver,
            "output_driver_details": _details(output_driver_details),
            "source_name": source_name,
            "source_url": source_url,
            "catalogues": UNSET if isinstance(catalogues, Unset) else uuids_of(catalogues),
        }
        uuid = uuid_of(model)
        if file is None:
            body = schemas.UpdateFunctionBody(schemas.FunctionUpdate(**changes(**fields)))
            return await function_api.update_function.asyncio(
                uuid, client=self.caller, body=body, timeout=timeout
            )
        with open_model(file, on_progress) as opened:
            report = await self._checked(opened, force, on_report, timeout) if check else None
            if report is not None and isinstance(input_driver_details, Unset):
                now = await self._get_patiently(uuid, timeout)
                fields["input_driver_details"] = renewed_details(now, report)
            body = schemas.UpdateFunctionBody(
                schemas.FunctionUpdate(**fields),
                file=File(payload=opened.source, file_name=opened.name),
            )
            changed = await function_api.update_function.asyncio(
                uuid, client=self.caller, body=body, timeout=timeout
            )
        confirm_kept(changed, report)
        return changed

    async def _get_patiently(self, uuid: UUID, timeout: float | None = None) -> Model:
        question = patient(function_api.get_function.build_request(uuid))
        return function_api.get_function.parse_response(
            await self.caller.send(question, timeout=timeout)
        )

    async def _checked(
        self,
        file: ModelFile,
        force: bool,
        on_report: Callable[[Report], None] | None,
        timeout: float | None,
    ) -> Report:
        question = patient(global_api.get_configuration.build_request())
        reply = await self.caller.send(question, timeout=timeout)
        configuration = global_api.get_configuration.parse_response(reply)
        report = await acall(check_file, file, configuration.max_upload_size)
        if on_report is not None:
            on_report(report)
        insist_on_fit(report, force=force)
        return report

    async def delete(self, model: ModelRef, *, timeout: float | None = None) -> None:
        """Delete a model.

        Raises:
            Conflict: it is assigned to devices, where the service forbids that.

        >>> await client.models.delete(model)
        >>> await client.models.list().total
        0
        """
        await function_api.delete_function.asyncio(
            uuid_of(model), client=self.caller, timeout=timeout
        )

    async def wait(
        self,
        model: ModelRef,
        *,
        timeout: float = 600.0,
        on_update: Callable[[Model], None] | None = None,
    ) -> Model:
        """Wait until a model is converted, asking at growing intervals of 0.2 s up to 5 s.

        A service that cannot be reached for a while is asked again until the time is up, unless
        the first answer already fails.

        Args:
            model: the object or its UUID.
            timeout: seconds to wait in all.
            on_update: called with the model at first, and whenever its status changed.

        Returns:
            the model, ready to be assigned.

        Raises:
            JobFailed: the conversion failed; `reason` has the service's words.
            WaitTimeout: it was not ready in time; `last` is the model last seen.

        >>> model = await client.models.upload(path, "again")
        >>> model = await client.models.wait(model, timeout=60)
        >>> model.status, model.code.status
        ('ok', 'ok')
        """
        uuid = uuid_of(model)
        clock = self.transport.clock
        deadline = clock.monotonic() + timeout
        last: Model | None = None
        attempt = 0
        while True:
            attempt += 1
            trouble: ConnectionFailed | ServerError | None = None
            try:
                now = await self._get_patiently(uuid)
            except (ConnectionFailed, ServerError) as error:
                if last is None:
                    raise
                trouble = error
            else:
                seen = last and (last.status, last.code.status)
                if on_update is not None and seen != (now.status, now.code.status):
                    on_update(now)
                last = now
                state = state_of(now)
                if state == "ready":
                    return now
                if state == "failed":
                    raise JobFailed(
                        f"The model {now.name!r} was not converted.",
                        reason=now.code.message,
                        last=now,
                        hint="Correct what the reason names and upload it again.",
                    )
            left = deadline - clock.monotonic()
            if left <= 0:
                raise WaitTimeout(
                    f"The model {last.name!r} is still {last.status!r} after {timeout:g} s.",
                    last=last,
                    timeout=timeout,
                ) from trouble
            await clock.asleep(min(left, wait_before(attempt)))

    async def statistics(self, *, timeout: float | None = None) -> ModelStatistics:
        """How many models there are, and when they were added and changed.

        >>> (await client.models.statistics()).total
        1
        """
        return await global_api.get_function_statistics.asyncio(client=self.caller, timeout=timeout)

    async def configuration(self, *, timeout: float | None = None) -> Configuration:
        """What the service accepts: `max_upload_size` in bytes, `supported_file_types`, `features`.

        >>> (await client.models.configuration()).max_upload_size > 0
        True
        """
        return await global_api.get_configuration.asyncio(client=self.caller, timeout=timeout)

    async def download(
        self,
        model: ModelRef,
        path: str | os.PathLike[str] | None = None,
        *,
        mime_type: str | None = None,
        device: str | None = None,
        on_progress: Callable[[int, int | None], None] | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Download a file of a model: the one that was uploaded, or a converted one.

        The file appears only once it is whole and its digest is right; a cut connection is taken
        up again where it broke.

        Args:
            model: the object or its UUID.
            path: the file to write, which is replaced if it is there; or a folder, by default the
                current one, in which a file named after the model is written if there is none.
            mime_type: the kind wanted, such as `application/x-onnx; device=hailo`.
            device: the device of the kind wanted, such as `cpu` or `hailo`.
            on_progress: called with the bytes received and in all.
            timeout: seconds without progress after which it fails.

        Returns:
            the path of the file.

        Raises:
            ValidationError: the model has no such file; or the folder has another file of that
                name (the same one is not downloaded again).
            IntegrityError: what arrived is not what was announced; nothing was kept.

        >>> (await client.models.download(model, folder / "copy.onnx")).name
        'copy.onnx'
        """
        found = await self._get_patiently(uuid_of(model), timeout)
        chosen = choose(found, mime_type=mime_type, device=device)
        destination = place(path, file_name(found, chosen))
        if await acall(already_there, destination, path, chosen.sha256):
            return destination
        return await adownload(
            self.transport,
            chosen.url,
            destination,
            sha256=chosen.sha256,
            size=chosen.size,
            on_progress=on_progress,
            timeout=timeout,
        )

    async def options(self, *, timeout: float | None = None) -> builtins.list[Option]:
        """The filters that `list` offers for the models there are, with their values.

        >>> "Status" in [option.name for option in await client.models.options()]
        True
        """
        return await function_api.list_function_options.asyncio(client=self.caller, timeout=timeout)

    async def sources(self, *, timeout: float | None = None) -> builtins.list[SourceInfo]:
        """Where the models come from.

        >>> model = await client.models.update(model, source_name="UCI")
        >>> [source.name for source in await client.models.sources()]
        ['UCI']
        """
        return await function_api.list_source_info.asyncio(client=self.caller, timeout=timeout)

    async def link_edge_impulse(
        self, name: str, api_key: str, project_id: int, *, timeout: float | None = None
    ) -> Model:
        """Add a model that the service fetches from an Edge Impulse project.

        Args:
            name: of the model.
            api_key: of the project; it is passed on to the service and not kept here.
            project_id: number of the project.

        Raises:
            APIStatusError: the account may not link, or the service was refused the project.

        >>> model = await client.models.link_edge_impulse("Bottles", "ei_key", 4711)
        >>> model.name
        'Bottles'
        """
        body = schemas.AddLinkData(
            name=name, edge_impulse=schemas.EdgeImpulseLink(api_key=api_key, project_id=project_id)
        )
        return await function_api.create_linked_function.asyncio(
            client=self.caller, body=body, timeout=timeout
        )

    async def refresh_link(self, model: ModelRef, *, timeout: float | None = None) -> Model:
        """Have a linked model fetched again.

        Raises:
            APIStatusError: the model is not linked.

        >>> model = await client.models.link_edge_impulse("Bottles", "ei_key", 4711)
        >>> model = await client.models.refresh_link(model)
        >>> model.name
        'Bottles'
        """
        return await function_api.update_function_link.asyncio(
            uuid_of(model),
            client=self.caller,
            body=schemas.FunctionLinkUpdate(edge_impulse=True),
            timeout=timeout,
        )


def _details(value: Mapping[str, Any] | Unset) -> schemas.DriverDetails | Unset:
    return UNSET if isinstance(value, Unset) else schemas.DriverDetails.from_dict(dict(value))


class AsyncModelsWithResponse(AsyncWithResponse[AsyncModels]):
    """The calls of `AsyncModels`, each giving a `Response`."""

    def __init__(self, models: AsyncModels) -> None:
        super().__init__(models)
        self.get = self._wrap(AsyncModels.get)
        self.upload = self._wrap(AsyncModels.upload)
        self.update = self._wrap(AsyncModels.update)
        self.delete = self._wrap(AsyncModels.delete)
        self.statistics = self._wrap(AsyncModels.statistics)
        self.configuration = self._wrap(AsyncModels.configuration)
        self.options = self._wrap(AsyncModels.options)
        self.sources = self._wrap(AsyncModels.sources)
        self.link_edge_impulse = self._wrap(AsyncModels.link_edge_impulse)
        self.refresh_link = self._wrap(AsyncModels.refresh_link)
