"""A person as a whole: what is kept of them, handed out or erased. What cannot be undone, a second person confirms."""
