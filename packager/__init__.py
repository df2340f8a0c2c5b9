"""Builds the Lambda package: handler/ and what it needs, pruned and compiled, for either architecture from any host.

`sam build` runs it through handler/Makefile, people through `make build` or `python -m packager`. None of it ships.
It needs Python 3.11 or later with pip, and CPython 3.13 for the bytecode; no compiler and no container. It uses the
standard library alone, since `sam build` may run it before anything is installed. To read it, start with `build`.
"""
