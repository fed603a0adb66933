"""What writes committed files; each takes --check."""
