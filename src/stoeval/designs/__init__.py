"""Ways to identify an effect, one module each; nothing registers them."""
