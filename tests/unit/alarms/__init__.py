"""The alarms and the dashboard of template.yaml: what they look at is emitted, and what they say is so."""
