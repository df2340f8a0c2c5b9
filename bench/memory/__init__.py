"""The memory that a function, `publish` and `promote` take for artifacts of several sizes: `python -m bench.memory`."""
