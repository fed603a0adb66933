"""The two clients: settings, session, transport and the nouns, wired together."""

from __future__ import annotations

import os
import weakref
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from scailable.config import Settings
from scailable.errors import MissingExtraError
from scailable.redact import redact_url
from scailable.resources.session import Session
from scailable.runtime._sync.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scailable.cloud.embedded import EmbeddedCloud
    from scailable.resources import _async, _sync
    from scailable.resources.raw import Api
    from scailable.runtime._async.transport import AsyncTransport
    from scailable.runtime.call import Reply

_EMBEDDED_TIMEOUT = 60.0


class _Wired:
    """What both clients share."""

    settings: Settings
    session: Session
    _embedded: _Embedded | None

    def __init__(
        self,
        profile: str | None = None,
        *,
        base_url: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> None:
        self._wire(
            Settings.load(profile=profile, base_url=base_url, token=token, timeout=timeout), None
        )

    def _wire(self, settings: Settings, embedded: _Embedded | None) -> None:
        self.settings = settings
        self.session = Session(settings)
        self._embedded = embedded
        if embedded is not None:
            self.session.start(embedded.tokens)
            weakref.finalize(self, embedded.stop)

    def __repr__(self) -> str:
        base_url = redact_url(self.settings.base_url.value)
        return f"{type(self).__name__}({base_url!r}, profile={self.settings.profile.value!r})"

    def _stop_embedded(self) -> None:
        if self._embedded is not None and self._embedded.runs:
            self.session.sign_out()
            self._embedded.stop()


class Client(_Wired):
    """A client of the services. Safe to share between threads.

    Args:
        profile: name under which settings and the session are kept.
        base_url: where the services are.
        token: an access token in place of the session.
        timeout: seconds without progress after which a call fails; by default each call has the
            time-out that is documented for it. Every call also takes its own.

    What is not given comes from the environment (`SCAILABLE_PROFILE`, `SCAILABLE_BASE_URL`,
    `SCAILABLE_TOKEN`, `SCAILABLE_TIMEOUT`), else from the profile file, else it is the default.

    Raises:
        ConfigError: a setting cannot be used.

    >>> from scailable import Client
    >>> with Client(base_url="http://127.0.0.1:8008") as other:
    ...     other
    Client('http://127.0.0.1:8008', profile='default')
    """

    transport: Transport

    def _wire(self, settings: Settings, embedded: _Embedded | None) -> None:
        super()._wire(settings, embedded)
        self.transport = Transport(
            settings.base_url.value, auth=self.session, timeout=settings.timeout.value
        )

    @classmethod
    def embedded(cls, path: str | os.PathLike[str] | None = None) -> Self:
        """Start a cloud in this process, on a free port, and sign in to it as its local user.

        Closing the client stops the cloud. Its session is not kept in the config folder.

        Args:
            path: the folder of the cloud's data; None takes a temporary one.

        Raises:
            MissingExtraError: the extra cloud is not installed.
            ConfigError: the folder cannot be used.

        >>> from scailable import Client
        >>> with Client.embedded() as local:
        ...     local.account.me().name
        'Local user'
        """
        client = cls.__new__(cls)
        embedded = _Embedded(path)
        client._wire(embedded.settings, embedded)
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections, and stop an embedded cloud. Safe to call twice."""
        self._stop_embedded()
        self.transport.close()

    @cached_property
    def account(self) -> _sync.account.Account:
        """Register, sign in and out, details, password."""
        from scailable.resources._sync.account import Account

        return Account(self.transport, self.session)

    @cached_property
    def models(self) -> _sync.models.Models:
        """Upload, wait, list, change, download models."""
        from scailable.resources._sync.models import Models

        return Models(self.transport)

    @cached_property
    def catalogues(self) -> _sync.catalogues.Catalogues:
        """Named sets of models."""
        from scailable.resources._sync.catalogues import Catalogues

        return Catalogues(self.transport)

    @cached_property
    def devices(self) -> _sync.devices.Devices:
        """Devices, and the models assigned to them."""
        from scailable.resources._sync.devices import Devices

        return Devices(self.transport)

    @cached_property
    def groups(self) -> _sync.groups.Groups:
        """Groups of devices."""
        from scailable.resources._sync.groups import Groups

        return Groups(self.transport)

    @cached_property
    def licenses(self) -> _sync.licenses.Licenses:
        """Licenses of the devices."""
        from scailable.resources._sync.licenses import Licenses

        return Licenses(self.transport)

    @cached_property
    def skafos(self) -> _sync.skafos.Skafos:
        """Versions of models in the archives of Skafos."""
        from scailable.resources._sync.skafos import Skafos

        return Skafos(self.transport, self.settings.skafos)

    @cached_property
    def api(self) -> Api[Transport]:
        """Whom the generated functions of a service take as their `client`.

        >>> from scailable_api.compute.api.function import get_function
        >>> get_function.sync(model.uuid, client=client.api.compute).name
        'digits'
        """
        from scailable.resources.raw import Api

        return Api(self.transport)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        timeout: float | None = None,
    ) -> Reply:
        """Send any request to a service, with the client's token, retries and errors.

        Nobody needs to be signed in: without a session it goes without a token.

        Args:
            method: GET, POST and so on.
            path: below the base URL, with the prefix of a service: `/cpt/configuration`.
            params: query parameters; a list is repeated, None is left out.
            json: the body, as plain values.
            timeout: seconds without progress after which it fails; 30 when nothing else is set.

        Returns:
            a `Reply` with `status`, `headers` and `content` (bytes).

        Raises:
            APIStatusError: the service refused it; `Unauthenticated` where it wants a token.
            ValidationError: the path is below no service.

        >>> client.request("GET", "/cpt/functions", params={"Limit": 1}).status
        200
        """
        from scailable.resources.raw import raw_call

        call = raw_call(method, path, params=params, json=json)
        if not self.session.signed_in(call.security):
            call = replace(call, security=())
        return self.transport.send(call, timeout=timeout)


class AsyncClient(_Wired):
    """A client of the services whose calls are awaited. For one event loop.

    Takes the same arguments as `Client`, and has the same nouns and verbs.

    >>> from scailable import AsyncClient
    >>> async with AsyncClient(base_url="http://127.0.0.1:8008") as other:
    ...     other
    AsyncClient('http://127.0.0.1:8008', profile='default')
    """

    transport: AsyncTransport

    def _wire(self, settings: Settings, embedded: _Embedded | None) -> None:
        from scailable.runtime._async.transport import AsyncTransport

        super()._wire(settings, embedded)
        self.transport = AsyncTransport(
            settings.base_url.value, auth=self.session, timeout=settings.timeout.value
        )

    @classmethod
    async def embedded(cls, path: str | os.PathLike[str] | None = None) -> Self:
        """Start a cloud in this process; see `Client.embedded`.

        >>> from scailable import AsyncClient
        >>> async with await AsyncClient.embedded() as local:
        ...     print((await local.account.me()).name)
        Local user
        """
        from scailable.resources.threads import acall

        client = cls.__new__(cls)
        embedded = await acall(_Embedded, path)
        client._wire(embedded.settings, embedded)
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections, and stop an embedded cloud. Safe to call twice."""
        from scailable.resources.threads import acall

        await self.transport.aclose()
        await acall(self._stop_embedded)

    @cached_property
    def account(self) -> _async.account.AsyncAccount:
        """Register, sign in and out, details, password."""
        from scailable.resources._async.account import AsyncAccount

        return AsyncAccount(self.transport, self.session)

    @cached_property
    def models(self) -> _async.models.AsyncModels:
        """Upload, wait, list, change, download models."""
        from scailable.resources._async.models import AsyncModels

        return AsyncModels(self.transport)

    @cached_property
    def catalogues(self) -> _async.catalogues.AsyncCatalogues:
        """Named sets of models."""
        from scailable.resources._async.catalogues import AsyncCatalogues

        return AsyncCatalogues(self.transport)

    @cached_property
    def devices(self) -> _async.devices.AsyncDevices:
        """Devices, and the models assigned to them."""
        from scailable.resources._async.devices import AsyncDevices

        return AsyncDevices(self.transport)

    @cached_property
    def groups(self) -> _async.groups.AsyncGroups:
        """Groups of devices."""
        from scailable.resources._async.groups import AsyncGroups

        return AsyncGroups(self.transport)

    @cached_property
    def licenses(self) -> _async.licenses.AsyncLicenses:
        """Licenses of the devices."""
        from scailable.resources._async.licenses import AsyncLicenses

        return AsyncLicenses(self.transport)

    @cached_property
    def skafos(self) -> _async.skafos.AsyncSkafos:
        """Versions of models in the archives of Skafos."""
        from scailable.resources._async.skafos import AsyncSkafos

        return AsyncSkafos(self.transport, self.settings.skafos)

    @cached_property
    def api(self) -> Api[AsyncTransport]:
        """Whom the generated functions of a service take as their `client`.

        >>> from scailable_api.compute.api.function import get_function
        >>> (await get_function.asyncio(model.uuid, client=client.api.compute)).name
        'digits'
        """
        from scailable.resources.raw import Api

        return Api(self.transport)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        timeout: float | None = None,
    ) -> Reply:
        """Send any request to a service; see `Client.request`.

        >>> (await client.request("GET", "/cpt/functions", params={"Limit": 1})).status
        200
        """
        from scailable.resources.raw import raw_call
        from scailable.resources.threads import acall

        call = raw_call(method, path, params=params, json=json)
        if not await acall(self.session.signed_in, call.security):
            call = replace(call, security=())
        return await self.transport.send(call, timeout=timeout)


class _Embedded:
    """A running cloud in this process, and a config folder of its own for its session."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        import tempfile

        self._cloud = _start_cloud(path)
        self._folder = tempfile.TemporaryDirectory(prefix="scailable-session-")
        pair = self._cloud.local_session()
        self.runs = True
        self.tokens = {"AccessToken": pair.access, "RefreshToken": pair.refresh}
        # The environment speaks of another cloud. The documented time-outs, some of a second, are
        # for servers of their own: this one waits while its process is busy.
        self.settings = Settings.load(
            base_url=self._cloud.url,
            config_dir=self._folder.name,
            timeout=_EMBEDDED_TIMEOUT,
            environ={},
        )

    def stop(self) -> None:
        self.runs = False
        self._cloud.stop()
        self._folder.cleanup()


def _start_cloud(path: str | os.PathLike[str] | None) -> EmbeddedCloud:
    try:
        from scailable.cloud.embedded import EmbeddedCloud
    except ModuleNotFoundError as cause:
        if (cause.name or "").startswith("scailable"):
            raise
        raise MissingExtraError("cloud", "An embedded cloud") from cause
    return EmbeddedCloud(None if path is None else os.fspath(path)).start()
