"""Models fitted elsewhere through the command `package`, process and all: slow, and run by `make test-bring`."""
