"""What is claimed about AWS, one claim a file: what is said, why no stand-in can prove it, and how it is tried."""
