"""Messages of a queue or a stream: each is answered as POST /predict answers its body, and the answer is sent on."""
