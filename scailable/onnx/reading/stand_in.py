"""The file that stands in for the data of tensors that a skeleton leaves out."""

STAND_IN = "stand-in"
