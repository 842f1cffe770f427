"""The OpenAPI 3.1 schema: operations, envelopes, errors. Programs are generated from it, so it is exact."""
