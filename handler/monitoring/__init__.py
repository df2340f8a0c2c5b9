"""What is counted of the requests, and what is found in it: windows and drift.

The function counts and writes log lines; everything else is for the monitor and for `python -m training`.
"""
