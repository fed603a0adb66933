"""The command line `scailable`: one file a noun, thin calls on the facade."""
