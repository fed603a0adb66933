"""Alembic's entry: runs the migrations on the connection it is given."""

from typing import Any, Literal

from alembic import context

from scailable.cloud.store.tables import Identifier, Moment, Structure, metadata


def _render(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Moment | Identifier | Structure):
        return f"tables.{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    render_item=_render,
)
context.run_migrations()
