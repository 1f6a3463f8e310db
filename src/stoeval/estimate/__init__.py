"""One estimate of any file: the reviewer's tool, with the inference of the evaluation."""
