"""The retry samples of docs/client.md, against a server that fails."""
