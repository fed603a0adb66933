"""A report in the forms in which it leaves the program: text, JSON, SARIF."""
