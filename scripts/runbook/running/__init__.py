"""Carry a plan out on its targets, and leave nothing behind."""
