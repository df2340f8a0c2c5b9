"""What a run leaves: parts with answers, what was refused, and receipts by which a later run knows what is whole."""
