"""What one process has once: its `settings`. Knows no page and no visitor."""
