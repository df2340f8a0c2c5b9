"""What a run makes in the person's account, and how all of it goes away again."""
