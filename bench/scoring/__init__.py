"""Measures `python -m training score`: rows a second beside a plain loop of pandas, and memory as the table grows."""
