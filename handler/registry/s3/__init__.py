"""How S3 is reached by obstore: the endpoint, the credentials, the certificates, and what each failure means."""
