"""Measures cold starts of the real package, under Lambda's own runtime client and emulator, and the time of a request.

Linux only; none of it ships. Compare the figures only with each other: ratios hold on Lambda too, times do not.
"""
