"""Licenses as every service shows them."""

from typing import Any

from sqlalchemy import Row


def license(row: Row[Any]) -> dict[str, Any]:
    """A license with the agreement behind it."""
    return {
        "UUID": row.uuid,
        "LicenseKey": row.license_key,
        "Agreement": {
            "Kind": row.agreement_kind,
            "Name": row.agreement_name,
            "Provides": row.agreement_provides,
            "PublishedAt": row.agreement_published_at,
        },
        "StartsAt": row.starts_at,
        "ExpiresAt": row.expires_at,
    }
