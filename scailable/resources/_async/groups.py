"""Groups of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable_api.device import models as schemas
from scailable_api.device.api import device as device_api
from scailable_api.device.api import group as group_api

from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources.arguments import given, order_text, uuid_of, uuids_of, uuids_to_assign
from scailable.resources.responses import AsyncWithResponse

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable

    from scailable.resources.arguments import DeviceRef, GroupRef, ModelRef, OrderBy
    from scailable.runtime.types import Response
    from scailable.types import Group, GroupAssignment


class AsyncGroups(AsyncResource):
    """Groups of devices. A device can be in several.

    >>> group = await client.groups.create("Lobby", devices=[device])
    >>> (await client.groups.assign(group, model)).added
    1
    """

    @property
    def with_response(self) -> AsyncGroupsWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> (await client.groups.with_response.get(group)).status
        200
        """
        return AsyncGroupsWithResponse(self)

    def list(
        self,
        *,
        q: str | None = None,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[Group]:
        """The groups of the organisation.

        Args:
            q: text to search for.
            order_by: `name`, `updated_at`, `inserted_at`; a `-` reverses. One, or several in order.
            limit: most items in all.
            offset: items to skip.
            page_size: items of one request, 1 to 1000.
            timeout: seconds for each request.

        >>> [group.name async for group in client.groups.list()]
        ['Entrances']
        """
        order = order_text(order_by)

        async def fetch(offset: int, limit: int) -> Response[builtins.list[Group]]:
            return await group_api.list_groups.asyncio_detailed(
                client=self.caller,
                q=given(q),
                order_by=order,
                offset=offset,
                limit=limit,
                timeout=timeout,
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def get(self, group: GroupRef, *, timeout: float | None = None) -> Group:
        """One group, as the service has it now; `client.devices.list(group=...)` has its devices.

        Args:
            group: the object or its UUID.

        Raises:
            NotFound: there is none of this UUID in the organisation.

        >>> (await client.groups.get(group)).device_count
        0
        """
        return await group_api.get_group.asyncio(
            uuid_of(group), client=self.caller, timeout=timeout
        )

    async def create(
        self, name: str, devices: Iterable[DeviceRef] = (), *, timeout: float | None = None
    ) -> Group:
        """Make a group.

        Args:
            name: what people call it.
            devices: objects or UUIDs to begin with; up to 10,000.

        >>> (await client.groups.create("Lobby", [device])).device_count
        1
        """
        body = schemas.GroupInput(name=name, devices=uuids_of(devices))
        return await group_api.create_group.asyncio(client=self.caller, body=body, timeout=timeout)

    async def rename(self, group: GroupRef, name: str, *, timeout: float | None = None) -> Group:
        """Give a group another name.

        >>> (await client.groups.rename(group, "Lobby")).name
        'Lobby'
        """
        return await group_api.update_group.asyncio(
            uuid_of(group), client=self.caller, body=schemas.GroupUpdate(name=name), timeout=timeout
        )

    async def delete(self, group: GroupRef, *, timeout: float | None = None) -> None:
        """Delete a group. Its devices, and what is assigned to them, stay.

        >>> await client.groups.delete(group)
        """
        await group_api.delete_group.asyncio(uuid_of(group), client=self.caller, timeout=timeout)

    async def add(
        self, group: GroupRef, *devices: DeviceRef, timeout: float | None = None
    ) -> Group:
        """Add devices to a group, in one call. Those that are in it stay.

        Args:
            group: the object or its UUID.
            devices: objects or UUIDs; up to 10,000.

        Returns:
            the changed group.

        >>> (await client.groups.add(group, device)).device_count
        1
        """
        return await group_api.add_devices_to_group.asyncio(
            uuid_of(group),
            client=self.caller,
            body=schemas.GroupDevices(devices=uuids_of(devices)),
            timeout=timeout,
        )

    async def remove(
        self, group: GroupRef, device: DeviceRef, *, timeout: float | None = None
    ) -> None:
        """Take a device out of a group.

        >>> group = await client.groups.add(group, device)
        >>> await client.groups.remove(group, device)
        >>> await client.devices.list(group=group).to_list()
        []
        """
        await device_api.remove_device_from_group.asyncio(
            uuid_of(device), uuid_of(group), client=self.caller, timeout=timeout
        )

    async def assign(
        self, group: GroupRef, *models: ModelRef, timeout: float | None = None
    ) -> GroupAssignment:
        """Assign one model or several to every device that is in the group now, in one call.

        Args:
            group: the object or its UUID.
            models: objects or UUIDs; 1 to 100.

        Returns:
            `device_count` and `function_count` concerned, and `added`: how many assignments are
            new.

        Raises:
            ValidationError: no model was given.

        >>> group = await client.groups.add(group, device)
        >>> (await client.groups.assign(group, model)).device_count
        1
        """
        body = [schemas.FunctionAssignment(uuid) for uuid in uuids_to_assign(models)]
        return await group_api.assign_group_functions.asyncio(
            uuid_of(group), client=self.caller, body=body, timeout=timeout
        )


class AsyncGroupsWithResponse(AsyncWithResponse[AsyncGroups]):
    """The calls of `AsyncGroups`, each giving a `Response`."""

    def __init__(self, groups: AsyncGroups) -> None:
        super().__init__(groups)
        self.get = self._wrap(AsyncGroups.get)
        self.create = self._wrap(AsyncGroups.create)
        self.rename = self._wrap(AsyncGroups.rename)
        self.delete = self._wrap(AsyncGroups.delete)
        self.add = self._wrap(AsyncGroups.add)
        self.remove = self._wrap(AsyncGroups.remove)
        self.assign = self._wrap(AsyncGroups.assign)
