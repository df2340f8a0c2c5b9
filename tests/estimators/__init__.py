"""Every public estimator of scikit-learn that has predict: fitted, packaged, published, promoted, and asked."""
