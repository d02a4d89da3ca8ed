"""Health issues: which diagnosis, how severe, at which stage, whether it is over."""
