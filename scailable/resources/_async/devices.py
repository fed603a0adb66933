"""Devices, and the models assigned to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scailable_api.device import models as schemas
from scailable_api.device.api import device as device_api
from scailable_api.device.api import global_ as global_api

from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources.arguments import (
    assigned_uuid,
    changes,
    filter_uuid,
    given,
    order_text,
    uuid_of,
    uuids_to_assign,
)
from scailable.resources.responses import AsyncWithResponse
from scailable.runtime.types import UNSET, Unset

if TYPE_CHECKING:
    import builtins

    from scailable.resources.arguments import DeviceRef, GroupRef, ModelRef, OrderBy
    from scailable.runtime.types import Response
    from scailable.types import Assignment, Device, DeviceStatistics, DeviceSummary


class AsyncDevices(AsyncResource):
    """The devices of the organisation.

    >>> device = await client.devices.create("gate")
    >>> assignments = await client.devices.assign(device, model)
    >>> [assignment.name for assignment in assignments]
    ['digits']
    """

    @property
    def with_response(self) -> AsyncDevicesWithResponse:
        """The same calls, giving a `Response` with status and headers.

        >>> response = await client.devices.with_response.get(device)
        >>> response.status, response.parsed.name
        (200, 'gate')
        """
        return AsyncDevicesWithResponse(self)

    def list(
        self,
        *,
        q: str | None = None,
        group: GroupRef | None = None,
        model: ModelRef | None = None,
        order_by: OrderBy | None = None,
        limit: int | None = None,
        offset: int = 0,
        page_size: int | None = None,
        timeout: float | None = None,
    ) -> AsyncPage[DeviceSummary]:
        """The devices of the organisation that fit all filters given.

        Args:
            q: text to search for.
            group: only devices in this group.
            model: only devices that this model is assigned to.
            order_by: `name`, `updated_at`, `inserted_at`; a `-` reverses. One, or several in order.
            limit: most items in all.
            offset: items to skip.
            page_size: items of one request, 1 to 1000.
            timeout: seconds for each request.

        >>> [device.name async for device in client.devices.list(order_by="-updated_at")]
        ['gate']
        """
        group_uuid, model_uuid = filter_uuid(group), filter_uuid(model)
        order = order_text(order_by)

        async def fetch(offset: int, limit: int) -> Response[builtins.list[DeviceSummary]]:
            return await device_api.list_devices.asyncio_detailed(
                client=self.caller,
                q=given(q),
                group=group_uuid,
                function=model_uuid,
                order_by=order,
                offset=offset,
                limit=limit,
                timeout=timeout,
            )

        return AsyncPage(fetch, offset=offset, limit=limit, page_size=page_size)

    async def get(self, device: DeviceRef, *, timeout: float | None = None) -> Device:
        """One device, as the service has it now, with its assignments and licenses.

        Args:
            device: the object or its UUID.

        Raises:
            NotFound: there is none of this UUID in the organisation.

        >>> device = await client.devices.get(device)
        >>> device.name, device.online_status.online
        ('gate', False)
        """
        return await device_api.get_device.asyncio(
            uuid_of(device), client=self.caller, timeout=timeout
        )

    async def create(
        self,
        name: str,
        *,
        registration_token: str | None = None,
        runtime: str | None = None,
        serial: str | None = None,
        type: str | None = None,
        timeout: float | None = None,
    ) -> Device:
        """Add a device.

        Args:
            name: what people call it.
            registration_token: the token a device shows after it announced itself; ties the
                device to this record.
            runtime, serial, type: as the device or its maker states them.

        Raises:
            APIStatusError: the service refused it, such as a token it does not know.

        >>> device = await client.devices.create("gate 2", serial="SN-7")
        >>> device.serial
        'SN-7'
        """
        body = schemas.DeviceInput(
            name=name,
            registration_token=given(registration_token),
            runtime=given(runtime),
            serial=given(serial),
            type_=given(type),
        )
        return await device_api.create_device.asyncio(
            client=self.caller, body=body, timeout=timeout
        )

    async def update(
        self,
        device: DeviceRef,
        *,
        name: str | Unset = UNSET,
        registration_token: str | Unset | None = UNSET,
        runtime: str | Unset | None = UNSET,
        serial: str | Unset | None = UNSET,
        type: str | Unset | None = UNSET,
        timeout: float | None = None,
    ) -> Device:
        """Change a device. What is not given stays; None clears.

        Returns:
            the changed device.

        Raises:
            ValidationError: nothing was given.

        >>> device = await client.devices.update(device, serial="SN-8")
        >>> device.name, device.serial
        ('gate', 'SN-8')
        """
        fields = changes(
            name=name,
            registration_token=registration_token,
            runtime=runtime,
            serial=serial,
            type_=type,
        )
        return await device_api.update_device.asyncio(
            uuid_of(device),
            client=self.caller,
            body=schemas.DeviceUpdate(**fields),
            timeout=timeout,
        )

    async def delete(self, device: DeviceRef, *, timeout: float | None = None) -> None:
        """Delete a device, with its assignments.

        >>> await client.devices.delete(device)
        """
        await device_api.delete_device.asyncio(uuid_of(device), client=self.caller, timeout=timeout)

    async def assign(
        self, device: DeviceRef, *models: ModelRef, timeout: float | None = None
    ) -> builtins.list[Assignment]:
        """Assign one model or several, in one call. What was assigned before stays.

        Args:
            device: the object or its UUID.
            models: objects or UUIDs; 1 to 100.

        Returns:
            all assignments of the device.

        Raises:
            ValidationError: no model was given.
            Unprocessable: a model failed to convert, or is another organisation's; none of them
                was assigned.

        >>> assignments = await client.devices.assign(device, model)
        >>> assignments[0].function_uuid == model.uuid
        True
        """
        body = [schemas.FunctionAssignment(uuid) for uuid in uuids_to_assign(models)]
        return await device_api.assign_functions.asyncio(
            uuid_of(device), client=self.caller, body=body, timeout=timeout
        )

    async def assignments(
        self, device: DeviceRef, *, timeout: float | None = None
    ) -> builtins.list[Assignment]:
        """The models assigned to a device, each with the state that the device last reported.

        >>> await client.devices.assignments(device)
        []
        """
        return await device_api.list_assignments.asyncio(
            uuid_of(device), client=self.caller, timeout=timeout
        )

    async def unassign(
        self, device: DeviceRef, model: ModelRef | Assignment, *, timeout: float | None = None
    ) -> None:
        """Take a model off a device.

        Args:
            device: the object or its UUID.
            model: the object or its UUID, or the assignment.

        Raises:
            NotFound: it is not assigned.

        >>> assignments = await client.devices.assign(device, model)
        >>> await client.devices.unassign(device, assignments[0])
        >>> await client.devices.assignments(device)
        []
        """
        await device_api.unassign_function.asyncio(
            uuid_of(device), assigned_uuid(model), client=self.caller, timeout=timeout
        )

    async def statistics(self, *, timeout: float | None = None) -> DeviceStatistics:
        """How many devices there are, and when they were added and changed.

        >>> (await client.devices.statistics()).total
        1
        """
        return await global_api.get_device_statistics.asyncio(client=self.caller, timeout=timeout)


class AsyncDevicesWithResponse(AsyncWithResponse[AsyncDevices]):
    """The calls of `AsyncDevices`, each giving a `Response`."""

    def __init__(self, devices: AsyncDevices) -> None:
        super().__init__(devices)
        self.get = self._wrap(AsyncDevices.get)
        self.create = self._wrap(AsyncDevices.create)
        self.update = self._wrap(AsyncDevices.update)
        self.delete = self._wrap(AsyncDevices.delete)
        self.assign = self._wrap(AsyncDevices.assign)
        self.assignments = self._wrap(AsyncDevices.assignments)
        self.unassign = self._wrap(AsyncDevices.unassign)
        self.statistics = self._wrap(AsyncDevices.statistics)
