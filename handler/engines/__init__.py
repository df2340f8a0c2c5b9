"""How an artifact becomes answers: what a library needs to load it, and what is known of estimators."""
