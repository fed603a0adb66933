"""Skafos: apps, models and their versions, which are archives with a number."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import app as app_api
from scailable_api.skafos.api import environment as environment_api
from scailable_api.skafos.api import model as model_api
from scailable_api.skafos.api import model_version as version_api

from scailable.errors import ValidationError
from scailable.resources._async.page import AsyncPage
from scailable.resources._async.skafos_apps import AsyncSkafosApps
from scailable.resources._async.skafos_download import save_archive, save_unpacked
from scailable.resources._async.skafos_models import AsyncSkafosModels
from scailable.resources._async.skafos_noun import AsyncSkafosNoun
from scailable.resources._async.skafos_tokens import AsyncSkafosTokens
from scailable.resources._async.skafos_upload import AsyncUpload
from scailable.resources.arguments import given
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.skafos_archive import open_archive
from scailable.resources.skafos_place import (
    LATEST,
    ModelPlace,
    id_of,
    is_id,
    place,
    place_of,
    version_text,
)
from scailable.resources.threads import acall

if TYPE_CHECKING:
    import builtins
    import os
    from collections.abc import Callable
    from uuid import UUID

    from scailable.resources.skafos_archive import Files
    from scailable.resources.skafos_place import (
        AppRef,
        OrganizationRef,
        SkafosModelRef,
        VersionRef,
    )
    from scailable.runtime.types import Response
    from scailable.types import (
        Environment,
        ModelVersion,
    )


class AsyncSkafos(AsyncSkafosNoun):
    """Versions of models: upload, list, fetch, deploy.

    Calls that need an app, a model or an organization take the name, the id or the object. What
    is not given comes from the environment (`SKAFOS_ORG_NAME`, `SKAFOS_APP_NAME`,
    `SKAFOS_MODEL_NAME`), else from the table `skafos` of the profile; without an organization it
    is the one of the token. The token is that of the session, or `SKAFOS_API_TOKEN`.

    >>> version = await client.skafos.upload(path, "First try.", app="doors", model="faces")
    >>> version.version
    1
    """

    @property
    def with_response(self) -> AsyncSkafosWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.skafos.with_response.organizations()).status
        200
        """
        return AsyncSkafosWithResponse(self)

    @cached_property
    def apps(self) -> AsyncSkafosApps:
        """What holds models."""
        return AsyncSkafosApps(self.transport, self._settings, self.caller)

    @cached_property
    def models(self) -> AsyncSkafosModels:
        """What holds versions."""
        return AsyncSkafosModels(self.transport, self._settings, self.caller)

    @cached_property
    def tokens(self) -> AsyncSkafosTokens:
        """API tokens, for programs."""
        return AsyncSkafosTokens(self.transport, self.caller)

    async def summary(
        self, *, organization: OrganizationRef | None = None, timeout: float | None = None
    ) -> builtins.list[ModelPlace]:
        """Every model that the token opens, with where it is.

        Args:
            organization: only those of this one.
            timeout: seconds for each request.

        Raises:
            ValidationError: the token opens no such organization.

        >>> [(each.app, each.model) for each in await client.skafos.summary()]
        [('doors', 'faces')]
        """
        wanted = place(self._settings, organization).organization
        owners = [
            owner
            for owner in await self.organizations(timeout=timeout)
            if wanted in (None, owner.display_name, str(owner.id))
        ]
        if wanted is not None and not owners:
            raise ValidationError(f"There is no organization {wanted} that the token opens.")
        found = []
        for owner in owners:
            apps = await app_api.list_apps.asyncio(
                str(owner.id), client=self.caller, with_models=True, timeout=timeout
            )
            found += [
                ModelPlace(owner.display_name, app.name, model.name, model.updated_at)
                for app in apps
                for model in app.models or ()
            ]
        return found

    # --- versions

    def list(
        self,
        *,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        order_by: str | None = None,
        completed: bool = True,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[ModelVersion]:
        """The versions of a model.

        Args:
            order_by: `version`, `inserted_at` or `updated_at`; a `-` before it reverses.
            completed: False gives the uploads that were begun and not completed instead.
            limit: most items in all.
            offset: items to skip.
            page_size: items of one request, 1 to 1000.
            timeout: seconds for each request.

        Raises:
            ValidationError: nothing says which app or model.

        >>> version = await client.skafos.upload(path, app="doors", model="faces")
        >>> [each.version async for each in client.skafos.list(app="doors", model="faces")]
        [1]
        """
        where = place(self._settings, organization, app, model)
        inside = where.need_model()

        async def fetch(offset: int, limit: int) -> Response[builtins.list[ModelVersion]]:
            owner = await self._organization(where.organization, timeout)
            return await version_api.list_versions.asyncio_detailed(
                owner,
                *inside,
                client=self.caller,
                order_by=given(order_by),
                completed=completed,
                offset=offset,
                limit=limit,
                timeout=timeout,
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def get(
        self,
        version: VersionRef = LATEST,
        *,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> ModelVersion:
        """One version, as the service has it now.

        Args:
            version: its number, its id, the object, or `latest`.

        Raises:
            NotFound: there is none; it says whether the app, the model or the version is missing.

        >>> version = await client.skafos.upload(path, app="doors", model="faces")
        >>> (await client.skafos.get(1, app="doors", model="faces")).id == version.id
        True
        """
        where = await self._version_where(version, organization, app, model, timeout)
        return await version_api.get_version.asyncio(
            *where, version_text(version), client=self.caller, timeout=timeout
        )

    async def upload(
        self,
        files: Files,
        description: str | None = None,
        *,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        resume: UUID | str | None = None,
        keep_paths: bool = False,
        on_start: Callable[[UUID], None] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        timeout: float | None = None,
    ) -> ModelVersion:
        """Put files into an archive and upload it as the next version of a model.

        The archive is made while it is sent: it takes no room on the disk, and little memory
        whatever its size. The same files give the same archive, byte for byte. What breaks off
        for good is cleaned up; after a broken connection, `resume` goes on.

        Args:
            files: a file or folder, or several. A file goes in under its name, a folder with its
                content below its name. A single `.zip` is sent as it is.
            description: at most 255 characters.
            resume: the id of an upload that broke off; what has arrived is not sent again, and
                its description stays.
            keep_paths: names in the archive are the paths as given, as the published client does.
            on_start: called with the id of the upload, by which it can be resumed.
            on_progress: called with the bytes sent so far and in all; starts again at a retry.
                What it raises breaks off the upload.
            timeout: seconds without progress after which a call fails.

        Returns:
            the new version.

        Raises:
            ValidationError: something cannot be read or has no place in an archive.
            NotFound: there is no such app or model; it says which.
            IntegrityError: a file changed while it was sent; there is no new version.
            UploadIncomplete: the connection broke; it has the `upload_id` to resume with.

        >>> version = await client.skafos.upload(path, "First try.", app="doors", model="faces")
        >>> version.version, version.description, version.filename
        (1, 'First try.', 'faces.zip')
        """
        where = await self._where(organization, app, model, timeout)
        name = await self._model_name(where, model, timeout)
        with ExitStack() as stack:
            opened = open_archive(files, name, on_progress, keep_paths=keep_paths)
            archive = await acall(stack.enter_context, opened)
            upload = AsyncUpload(self.transport, self.caller, where, archive, timeout)
            if resume is None:
                return await upload.start(description, on_start)
            return await upload.resume(id_of(resume))

    async def fetch(
        self,
        version: VersionRef = LATEST,
        path: str | os.PathLike[str] | None = None,
        *,
        unzip: bool = False,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        on_progress: Callable[[int, int | None], None] | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Download the archive of a version, whole and with the right digest, or not at all.

        Args:
            version: its number, its id, the object, or `latest`.
            path: the file to write, which is replaced if it is there; or a folder, by default the
                current one, in which a file named as uploaded is written if there is none.
            unzip: True unpacks it instead, into `path`, a folder that is new or empty; by default
                one named after model and version. Entries that would leave the folder, links and
                archives that unpack to far more than they are, are refused.
            on_progress: called with the bytes received and in all.
            timeout: seconds without progress after which it fails.

        Returns:
            the path of the file or folder.

        Raises:
            NotFound: there is none; it says whether the app, the model or the version is missing.
            ValidationError: the folder has another file of that name, or is not empty.
            IntegrityError: what arrived is not what was uploaded; nothing was kept.
            ArchiveRefused: the archive would do harm when it is unpacked; nothing was kept.

        >>> version = await client.skafos.upload(path, app="doors", model="faces")
        >>> saved = await client.skafos.fetch(version, folder / "faces", unzip=True)
        >>> [file.name for file in saved.iterdir()]
        ['digits.onnx']
        """
        found = await self.get(
            version, model=model, app=app, organization=organization, timeout=timeout
        )
        if not unzip:
            return await save_archive(
                self.transport, found, path, on_progress=on_progress, timeout=timeout
            )
        folder = Path(f"{found.name}-{found.version}") if path is None else Path(path)
        return await save_unpacked(
            self.transport, found, folder, on_progress=on_progress, timeout=timeout
        )

    async def delete(
        self,
        version: VersionRef,
        *,
        force: bool = False,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> None:
        """Delete a version, or an upload that was not completed, with its archive.

        Args:
            version: its number, its id, the object, or `latest`.
            force: delete it although it is deployed; its environments then have what was deployed
                there before.

        Raises:
            Conflict: it is deployed.

        >>> version = await client.skafos.upload(path, app="doors", model="faces")
        >>> await client.skafos.delete(version)
        """
        found = await self.get(
            version, model=model, app=app, organization=organization, timeout=timeout
        )
        where = await self._version_where(found, None, None, None, timeout)
        await version_api.delete_version.asyncio(
            *where, str(found.id), client=self.caller, force=force, timeout=timeout
        )

    # --- environments

    async def environments(
        self,
        *,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> builtins.list[Environment]:
        """The environments of a model: what was deployed there, and how many devices hold it.

        >>> [each.name for each in await client.skafos.environments(app="doors", model="faces")]
        ['dev', 'prod']
        """
        where = await self._where(organization, app, model, timeout)
        return await environment_api.list_environments.asyncio(
            *where, client=self.caller, with_device_count=True, timeout=timeout
        )

    async def deploy(
        self,
        version: VersionRef = LATEST,
        environment: str = "dev",
        *,
        model: SkafosModelRef | None = None,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> int:
        """Make a version the current one of an environment.

        Args:
            version: its number, its id, the object, or `latest`.
            environment: `dev` or `prod`.

        Returns:
            the number of the version that was deployed.

        Raises:
            NotFound: there is no such app or model; it says which.
            BadRequest: there is no such version or environment.

        >>> version = await client.skafos.upload(path, app="doors", model="faces")
        >>> await client.skafos.deploy(version, "prod")
        1
        """
        where = await self._version_where(version, organization, app, model, timeout)
        number: int | str
        if isinstance(version, int):
            number = version
        elif version == LATEST:
            number = LATEST
        else:
            found = await self.get(
                version, model=model, app=app, organization=organization, timeout=timeout
            )
            if found.version is None:
                raise ValidationError(f"The upload {found.id} was not completed.")
            number = found.version
        deployed = await environment_api.deploy_version.asyncio(
            *where,
            client=self.caller,
            body=schemas.Deployment(version=number, environment=environment),
            timeout=timeout,
        )
        return int(deployed.success.rsplit(" ", 1)[-1])

    # --- what the calls share

    async def _version_where(
        self,
        version: VersionRef,
        organization: OrganizationRef | None,
        app: AppRef | None,
        model: SkafosModelRef | None,
        timeout: float | None,
    ) -> tuple[str, str, str]:
        if isinstance(version, schemas.ModelVersion):
            known = place_of(version)
            return str(known.organization), *known.need_model()
        return await self._where(organization, app, model, timeout)

    async def _model_name(
        self, where: tuple[str, str, str], model: Any, timeout: float | None
    ) -> str:
        """The name of the model, after which an archive is named."""
        named = getattr(model, "name", where[2])
        if not is_id(named):
            return str(named)
        found = await model_api.get_model.asyncio(*where, client=self.caller, timeout=timeout)
        return found.name


class AsyncSkafosWithResponse(AsyncWithResponse[AsyncSkafos]):
    """The calls of `AsyncSkafos`, each giving a `Response`."""

    def __init__(self, skafos: AsyncSkafos) -> None:
        super().__init__(skafos)
        self.organizations = self._wrap(AsyncSkafos.organizations)
        self.get = self._wrap(AsyncSkafos.get)
        self.upload = self._wrap(AsyncSkafos.upload)
        self.delete = self._wrap(AsyncSkafos.delete)
        self.environments = self._wrap(AsyncSkafos.environments)
        self.deploy = self._wrap(AsyncSkafos.deploy)
