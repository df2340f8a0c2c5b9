"""`sam deploy` into a stand-in for AWS with IAM enforced, and the life of the stack from there."""
