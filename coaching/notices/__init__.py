"""What coaching says in notices, and the weekly digest of coaches."""
