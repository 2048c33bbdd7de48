"""Tests of the site: its build, its facts, its proofs."""
