"""unit/ mirrors the modules, integration/ has moto and real sockets, e2e/ has SAM, Docker and a deployed stack."""
