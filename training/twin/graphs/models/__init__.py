"""Models without parts of their own: linear ones, neighbours, kernels, densities, networks."""
