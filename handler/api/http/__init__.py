"""What belongs to HTTP itself: events, paths, content codings, CORS, responses. Nothing here knows of models."""
