"""What `make prove-on-aws` plans, costs, concludes and finds, without a network."""
