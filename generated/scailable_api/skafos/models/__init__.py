"""The types of the service. Each is imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api_token import ApiToken
    from .api_token_input import ApiTokenInput
    from .app import App
    from .app_input import AppInput
    from .deployed import Deployed
    from .deployed_version import DeployedVersion
    from .deployment import Deployment
    from .environment import Environment
    from .model import Model
    from .model_input import ModelInput
    from .model_of_version import ModelOfVersion
    from .model_of_version_app import ModelOfVersionApp
    from .model_version import ModelVersion
    from .new_api_token import NewApiToken
    from .open_api_document import OpenAPIDocument
    from .organization import Organization
    from .problem import Problem
    from .problem_field import ProblemField
    from .status import Status
    from .upload import Upload
    from .version_completion import VersionCompletion
    from .version_input import VersionInput

_MODULES = {
    "ApiToken": ".api_token",
    "ApiTokenInput": ".api_token_input",
    "App": ".app",
    "AppInput": ".app_input",
    "Deployed": ".deployed",
    "DeployedVersion": ".deployed_version",
    "Deployment": ".deployment",
    "Environment": ".environment",
    "Model": ".model",
    "ModelInput": ".model_input",
    "ModelOfVersion": ".model_of_version",
    "ModelOfVersionApp": ".model_of_version_app",
    "ModelVersion": ".model_version",
    "NewApiToken": ".new_api_token",
    "OpenAPIDocument": ".open_api_document",
    "Organization": ".organization",
    "Problem": ".problem",
    "ProblemField": ".problem_field",
    "Status": ".status",
    "Upload": ".upload",
    "VersionCompletion": ".version_completion",
    "VersionInput": ".version_input",
}

__all__ = (
    "ApiToken",
    "ApiTokenInput",
    "App",
    "AppInput",
    "Deployed",
    "DeployedVersion",
    "Deployment",
    "Environment",
    "Model",
    "ModelInput",
    "ModelOfVersion",
    "ModelOfVersionApp",
    "ModelVersion",
    "NewApiToken",
    "OpenAPIDocument",
    "Organization",
    "Problem",
    "ProblemField",
    "Status",
    "Upload",
    "VersionCompletion",
    "VersionInput",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
