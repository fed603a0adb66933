"""Skafos: apps, models and their versions, which are archives with a number."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import api_token as token_api
from scailable_api.skafos.api import app as app_api
from scailable_api.skafos.api import environment as environment_api
from scailable_api.skafos.api import model as model_api
from scailable_api.skafos.api import model_version as version_api
from scailable_api.skafos.api import organization as organization_api

from scailable.errors import ValidationError
from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources._async.skafos_download import save_archive, save_unpacked
from scailable.resources._async.skafos_upload import AsyncUpload
from scailable.resources.arguments import given
from scailable.resources.responses import AsyncWithResponse
from scailable.resources.skafos_archive import open_archive
from scailable.resources.skafos_place import LATEST, place, place_of, version_text
from scailable.resources.threads import acall

if TYPE_CHECKING:
    import builtins
    import os
    from collections.abc import Callable
    from datetime import datetime

    from scailable.config import SkafosSettings
    from scailable.resources.skafos_archive import Files
    from scailable.resources.skafos_place import (
        AppRef,
        OrganizationRef,
        SkafosModelRef,
        VersionRef,
    )
    from scailable.runtime._async.transport import AsyncTransport
    from scailable.runtime.call import AsyncCaller
    from scailable.runtime.types import Response
    from scailable.types import (
        ApiToken,
        Environment,
        ModelVersion,
        NewApiToken,
        SkafosApp,
        SkafosModel,
        SkafosOrganization,
    )


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where a model is: the names of its organization, its app and itself.

    >>> (await client.skafos.summary())[0].model
    'faces'
    """

    organization: str
    app: str
    model: str
    updated_at: datetime


class AsyncSkafos(AsyncResource):
    """Versions of models: upload, list, fetch, deploy.

    Calls that need an app, a model or an organization take the name, the id or the object. What
    is not given comes from the environment (`SKAFOS_ORG_NAME`, `SKAFOS_APP_NAME`,
    `SKAFOS_MODEL_NAME`), else from the table `skafos` of the profile; without an organization it
    is the one of the token. The token is that of the session, or `SKAFOS_API_TOKEN`.

    >>> version = await client.skafos.upload(path, "First try.", app="doors", model="faces")
    >>> version.version
    1
    """

    def __init__(
        self,
        transport: AsyncTransport,
        settings: SkafosSettings,
        caller: AsyncCaller | None = None,
    ) -> None:
        super().__init__(transport, caller)
        self._settings = settings

    def using(self, caller: AsyncCaller) -> Self:
        return type(self)(self.transport, self._settings, caller)

    @property
    def with_response(self) -> AsyncSkafosWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.skafos.with_response.create_app("gates")).status
        201
        """
        return AsyncSkafosWithResponse(self)

    # --- where things are

    async def organizations(self, *, timeout: float | None = None) -> list[SkafosOrganization]:
        """The organizations that the token opens.

        >>> [each.display_name for each in await client.skafos.organizations()]
        ['Analytical']
        """
        return await organization_api.list_organizations.asyncio(
            client=self.caller, timeout=timeout
        )

    async def summary(
        self, *, organization: OrganizationRef | None = None, timeout: float | None = None
    ) -> list[ModelPlace]:
        """Every model that the token opens, with where it is.

        Args:
            organization: only those of this one.
            timeout: seconds for each request.

        >>> [(each.app, each.model) for each in await client.skafos.summary()]
        [('doors', 'faces')]
        """
        wanted = place(self._settings, organization).organization
        found = []
        for owner in await self.organizations(timeout=timeout):
            if wanted not in (None, owner.display_name, str(owner.id)):
                continue
            apps = await app_api.list_apps.asyncio(
                str(owner.id), client=self.caller, with_models=True, timeout=timeout
            )
            found += [
                ModelPlace(owner.display_name, app.name, model.name, model.updated_at)
                for app in apps
                for model in app.models or ()
            ]
        return found

    def apps(
        self,
        *,
        organization: OrganizationRef | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[SkafosApp]:
        """The apps of an organization, by name.

        >>> [app.name async for app in client.skafos.apps()]
        ['doors']
        """

        async def fetch(offset: int, limit: int) -> Response[list[SkafosApp]]:
            owner = await self._organization(organization, timeout)
            return await app_api.list_apps.asyncio_detailed(
                owner, client=self.caller, offset=offset, limit=limit, timeout=timeout
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def create_app(
        self,
        name: str,
        description: str = "",
        *,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> SkafosApp:
        """Make an app, which holds models.

        Raises:
            Conflict: the organization has an app of this name.
            Unprocessable: the name cannot be one, since it also stands in paths.

        >>> app = await client.skafos.create_app("gates", "What the gates run.")
        >>> app.name
        'gates'
        """
        owner = await self._organization(organization, timeout)
        body = schemas.AppInput(name=name, description=description)
        return await app_api.create_app.asyncio(
            owner, client=self.caller, body=body, timeout=timeout
        )

    async def delete_app(
        self,
        app: AppRef,
        *,
        force: bool = False,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> None:
        """Delete an app that holds no models.

        Args:
            force: delete the models and their versions as well.

        Raises:
            Conflict: it still holds some.

        >>> app = await client.skafos.create_app("gates")
        >>> await client.skafos.delete_app(app)
        """
        where = place(self._settings, organization, app)
        owner = await self._organization(where.organization, timeout)
        await app_api.delete_app.asyncio(
            owner, where.need_app(), client=self.caller, force=force, timeout=timeout
        )

    def models(
        self,
        *,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[SkafosModel]:
        """The models of an app, by name.

        Raises:
            ValidationError: nothing says which app.

        >>> [model.name async for model in client.skafos.models(app="doors")]
        ['faces']
        """
        where = place(self._settings, organization, app)
        app_name = where.need_app()

        async def fetch(offset: int, limit: int) -> Response[list[SkafosModel]]:
            owner = await self._organization(where.organization, timeout)
            return await model_api.list_models.asyncio_detailed(
                owner, app_name, client=self.caller, offset=offset, limit=limit, timeout=timeout
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def create_model(
        self,
        name: str,
        description: str = "",
        *,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> SkafosModel:
        """Make a model, which holds versions.

        Raises:
            NotFound: there is no such app.
            Conflict: the app has a model of this name.
            Unprocessable: the name cannot be one, since it also stands in paths.

        >>> model = await client.skafos.create_model("plates", app="doors")
        >>> model.name
        'plates'
        """
        where = place(self._settings, organization, app)
        app_name = where.need_app()
        owner = await self._organization(where.organization, timeout)
        body = schemas.ModelInput(name=name, description=description)
        return await model_api.create_model.asyncio(
            owner, app_name, client=self.caller, body=body, timeout=timeout
        )

    async def delete_model(
        self,
        model: SkafosModelRef,
        *,
        force: bool = False,
        app: AppRef | None = None,
        organization: OrganizationRef | None = None,
        timeout: float | None = None,
    ) -> None:
        """Delete a model that has no versions. Uploads that were not completed go with it.

        Args:
            force: delete its versions as well.

        Raises:
            Conflict: it still has versions.

        >>> model = await client.skafos.create_model("plates", app="doors")
        >>> await client.skafos.delete_model(model)
        """
        where = await self._where(organization, app, model, timeout)
        await model_api.delete_model.asyncio(
            *where, client=self.caller, force=force, timeout=timeout
        )

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
            return await upload.resume(_uuid(resume))

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

    # --- API tokens

    async def tokens(self, *, timeout: float | None = None) -> builtins.list[ApiToken]:
        """Your API tokens, without their secrets.

        >>> await client.skafos.tokens()
        []
        """
        return await token_api.list_tokens.asyncio(client=self.caller, timeout=timeout)

    async def create_token(self, name: str, *, timeout: float | None = None) -> NewApiToken:
        """Make an API token for a program; it opens Skafos until it is deleted.

        Args:
            name: what it is for.

        Returns:
            the token, in `token`, which no other call shows.

        Raises:
            PermissionDenied: you are not signed in, but use an API token yourself.

        >>> made = await client.skafos.create_token("nightly build")
        >>> made.name
        'nightly build'
        """
        body = schemas.ApiTokenInput(name=name)
        return await token_api.create_token.asyncio(client=self.caller, body=body, timeout=timeout)

    async def delete_token(
        self, token: ApiToken | NewApiToken | UUID | str, *, timeout: float | None = None
    ) -> None:
        """Delete an API token; it opens nothing any more.

        Args:
            token: the object or its id, not the token itself.

        >>> made = await client.skafos.create_token("nightly build")
        >>> await client.skafos.delete_token(made)
        >>> await client.skafos.tokens()
        []
        """
        identifier = token if isinstance(token, UUID | str) else token.id
        await token_api.delete_token.asyncio(_uuid(identifier), client=self.caller, timeout=timeout)

    # --- what the calls share

    async def _organization(
        self, organization: OrganizationRef | None, timeout: float | None
    ) -> str:
        """The organization of a path: as it was given or set, else the only one there is."""
        named = place(self._settings, organization).organization
        if named is not None:
            return named
        found = await self.organizations(timeout=timeout)
        if len(found) != 1:
            raise ValidationError(
                f"The token opens {len(found)} organizations, and nothing says which.",
                hint="Give organization=..., or set SKAFOS_ORG_NAME.",
            )
        return str(found[0].id)

    async def _where(
        self,
        organization: OrganizationRef | None,
        app: AppRef | None,
        model: SkafosModelRef | None,
        timeout: float | None,
    ) -> tuple[str, str, str]:
        where = place(self._settings, organization, app, model)
        inside = where.need_model()
        return await self._organization(where.organization, timeout), *inside

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
        if not _is_id(named):
            return str(named)
        found = await model_api.get_model.asyncio(*where, client=self.caller, timeout=timeout)
        return found.name


def _is_id(name: str) -> bool:
    """Whether it is an id; no name looks like one."""
    try:
        return bool(UUID(name))
    except ValueError:
        return False


def _uuid(given_id: UUID | str) -> UUID:
    try:
        return UUID(str(given_id))
    except ValueError:
        raise ValidationError("The id is not one: it has the form of a UUID.") from None


class AsyncSkafosWithResponse(AsyncWithResponse[AsyncSkafos]):
    """The calls of `AsyncSkafos`, each giving a `Response`."""

    def __init__(self, skafos: AsyncSkafos) -> None:
        super().__init__(skafos)
        self.organizations = self._wrap(AsyncSkafos.organizations)
        self.create_app = self._wrap(AsyncSkafos.create_app)
        self.delete_app = self._wrap(AsyncSkafos.delete_app)
        self.create_model = self._wrap(AsyncSkafos.create_model)
        self.delete_model = self._wrap(AsyncSkafos.delete_model)
        self.get = self._wrap(AsyncSkafos.get)
        self.upload = self._wrap(AsyncSkafos.upload)
        self.delete = self._wrap(AsyncSkafos.delete)
        self.environments = self._wrap(AsyncSkafos.environments)
        self.deploy = self._wrap(AsyncSkafos.deploy)
        self.tokens = self._wrap(AsyncSkafos.tokens)
        self.create_token = self._wrap(AsyncSkafos.create_token)
        self.delete_token = self._wrap(AsyncSkafos.delete_token)
