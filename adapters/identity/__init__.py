"""Access tokens: RFC 9068 JWTs, RFC 7662 introspection, and a local issuer for the embedded mode."""
