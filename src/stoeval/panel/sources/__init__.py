"""Deliveries, one module each: typed, masked, dated."""
