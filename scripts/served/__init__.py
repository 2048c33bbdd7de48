"""Serves the built site as its publication does: compressed, and with its own page for an unknown address."""
