"""Archives: files and folders to a zip that is made while it is sent, and safely back again."""
