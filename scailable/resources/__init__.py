"""The nouns of the facade. Each file under `_async` is one; `_sync` holds the generated twins."""
