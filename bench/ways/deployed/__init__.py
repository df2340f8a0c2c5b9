"""Ways that ask a stack, which is deployed to a stand-in for AWS."""
