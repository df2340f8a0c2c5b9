"""How the models were made: a script for each set of frameworks, for people to run again."""
