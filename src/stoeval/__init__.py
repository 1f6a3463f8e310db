"""The nine hypotheses about Sterk Techniekonderwijs as testable, reproducible models."""
