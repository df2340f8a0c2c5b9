"""Draws windows, and shows how often they alarm with and without a drift."""
