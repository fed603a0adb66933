"""Generated client of one service: see api/ for its operations and models/ for its types."""
