"""What a model is: its interface, its size, what it costs to run, and how it looks."""
