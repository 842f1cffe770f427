"""What people read in the change history. `athletes.changes` writes it."""
