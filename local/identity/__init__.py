"""A stand-in for Entra ID on one machine: OpenID Connect for people, grants for apps, managed identity."""
