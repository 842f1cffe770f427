"""Django's database backend of PostgreSQL with a circuit breaker in front of its pool."""
