"""Statistics on plain arrays: arrays in, frozen records out."""
