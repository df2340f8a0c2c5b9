"""A day of the deployed stack: traffic, a drift, who is told of it, and the model that takes the other's place."""
