"""Models that are weighted sums of kernels, and the pairs of classes of support vector machines."""
