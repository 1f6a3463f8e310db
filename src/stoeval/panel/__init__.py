"""The monitor panel: read, joined, checked, stored and measured."""
