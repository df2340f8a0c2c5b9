"""`make prove-on-aws`: proves in a person's own account, in a stack for that alone, what no stand-in for AWS can."""
