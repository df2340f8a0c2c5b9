"""The three ways of use, for real: `sam local` in Docker (local/), and `sam deploy` into a stand-in for AWS (deploy/).

`make e2e-local` and `make e2e-deploy` run them, never `make test`: they need Docker, the SAM CLI and a few minutes.
What cannot run here fails and says what is missing; it never skips.
"""
