"""What an operator can see: metrics for Prometheus."""
