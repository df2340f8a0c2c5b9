"""What HTTP itself asks for: events, paths, content codings, CORS, responses. Nothing here knows of models."""
