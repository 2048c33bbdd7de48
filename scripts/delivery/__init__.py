"""Bring a commit to a cluster: build, test, list, scan, push, sign, deploy by digest, check, undo, record.

One road for a person, a runbook and the pipeline; each step says what it did, or why it could not be done here.
"""
