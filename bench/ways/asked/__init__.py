"""What is asked, of which models, and how answers are held against those of POST /predict."""
