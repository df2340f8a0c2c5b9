"""Models that were fitted elsewhere: what a file holds, and how it becomes a folder to publish."""
