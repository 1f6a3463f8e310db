"""How often the verdict rule is wrong, and how often it sees what is there, in countries whose truth is known."""
