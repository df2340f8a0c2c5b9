"""Measures cold starts of the real package, under Lambda's own runtime client and emulator, on this machine.

Run as `make bench-cold`, or `python -m bench.cold_start`; Linux only. None of it ships. The figures are for
comparison with each other: a ratio carries over to Lambda, a number of seconds does not.
"""
