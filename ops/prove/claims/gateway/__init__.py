"""Claims about what API Gateway does before the function is asked."""
