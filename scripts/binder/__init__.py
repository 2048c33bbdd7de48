"""All runbooks of the built site as one document to print."""
