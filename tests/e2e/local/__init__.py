"""`sam local invoke` and `sam local start-api`, in Docker, against a registry inside the package."""
