"""What the links of a measurement say together, one module a question."""
