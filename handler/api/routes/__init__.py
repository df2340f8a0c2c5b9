"""What is answered on each path: the routes' functions, each with its part of the contract, and their table."""
