"""The wheels of a target: which are pinned, how they are fetched, and whether Lambda can load them."""
