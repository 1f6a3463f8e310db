"""Speed and memory of the package beside other engines, as ratios from one run: `python -m benchmarks.NAME`."""
