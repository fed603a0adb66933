"""The types of what the services return, under the names of the facade.

They come from the documents of the services; a *function* of the Compute API is a model here.
Every object has `to_dict()`, the object as the service writes it in JSON, and keeps the fields
its document does not know in `additional_properties`.
"""

from scailable_api.auth.models import Agreement, License, Organisation, PasswordStrength, User
from scailable_api.compute.models import (
    Catalogue,
    CatalogueReference,
    Configuration,
    Download,
    DriverDetails,
    Option,
    Source,
    SourceInfo,
)
from scailable_api.compute.models import Code as ModelCode
from scailable_api.compute.models import Function as Model
from scailable_api.compute.models import FunctionSummary as ModelSummary
from scailable_api.compute.models import NamedTensor as Tensor
from scailable_api.compute.models import Statistics as ModelStatistics
from scailable_api.device.models import (
    Assignment,
    Device,
    DeviceSummary,
    Group,
    GroupAssignment,
    GroupReference,
    OnlineStatus,
)
from scailable_api.device.models import License as DeviceLicense
from scailable_api.device.models import Statistics as DeviceStatistics
from scailable_api.skafos.models import ApiToken, Environment, ModelVersion, NewApiToken
from scailable_api.skafos.models import App as SkafosApp
from scailable_api.skafos.models import Model as SkafosModel
from scailable_api.skafos.models import Organization as SkafosOrganization

from scailable.runtime.types import UNSET, Response, Unset

__all__ = [
    "UNSET",
    "Agreement",
    "ApiToken",
    "Assignment",
    "Catalogue",
    "CatalogueReference",
    "Configuration",
    "Device",
    "DeviceLicense",
    "DeviceStatistics",
    "DeviceSummary",
    "Download",
    "DriverDetails",
    "Environment",
    "Group",
    "GroupAssignment",
    "GroupReference",
    "License",
    "Model",
    "ModelCode",
    "ModelStatistics",
    "ModelSummary",
    "ModelVersion",
    "NewApiToken",
    "OnlineStatus",
    "Option",
    "Organisation",
    "PasswordStrength",
    "Response",
    "SkafosApp",
    "SkafosModel",
    "SkafosOrganization",
    "Source",
    "SourceInfo",
    "Tensor",
    "Unset",
    "User",
]
