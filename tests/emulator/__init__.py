"""The built package under Lambda's own runtime client and emulator, without Docker; run by `make test-emulator`."""
