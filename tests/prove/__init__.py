"""`make prove-on-aws` as a whole, against a stand-in for AWS: what it says there, and that nothing is left."""
