"""The nine hypotheses of the background sketch, one file each; a tenth is one more file."""
