"""From the description of a model to one that is fitted and measured."""
