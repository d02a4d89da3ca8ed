"""What a person hands on: the summary of their record, and links that open it."""
