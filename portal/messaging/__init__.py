"""Writing messages: what the care team of this organization gets and answers, and the outbox to other organizations."""
