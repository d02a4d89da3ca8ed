"""Reports and documents: their conclusions, and whether two contradict each other."""
