"""Models of every kind through the command line and the real handler: slow, and run by `make test-models`."""
