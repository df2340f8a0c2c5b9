"""Models of trees: how a tree is drawn, and what each ensemble makes of its leaves."""
