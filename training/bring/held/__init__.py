"""What a brought file holds: what its searches found, which task the rest has, and how it is named."""
