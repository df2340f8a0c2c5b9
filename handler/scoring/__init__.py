"""Rows that come by a table or a queue and not by a request: each is answered, or refused, as POST /predict would."""
