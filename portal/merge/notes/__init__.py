"""What notes in free words state, of whom, and when: negation, doubt, family, past."""
