"""Ways that ask on this machine, without a stack."""
