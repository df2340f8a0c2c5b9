"""Around `sam deploy`: could the package serve the models; then the record of what is deployed."""
