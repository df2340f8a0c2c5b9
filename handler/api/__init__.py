"""HTTP: from an event of API Gateway or of a function URL to the answer that Lambda returns."""
