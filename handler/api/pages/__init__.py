"""The pages for people: their HTML, scripts and styles, and what assembles them."""
