"""The function on this machine: served on localhost, and walked through by the demo."""
