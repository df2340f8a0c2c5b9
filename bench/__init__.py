"""Measures the real package: cold starts under Lambda's own emulator, the time of a request, and verdicts on drift.

Linux only; none of it ships. Compare the figures only with each other: ratios hold on Lambda too, times do not.
"""
