"""What of the proofs does the site give as files, for a program or an auditor?"""

from pathlib import Path

import msgspec

from runbook.reporting.record import VERSION, Record, encode, schema

from .evidence import Evidence

RECORD, SCHEMA = "enregistrement.json", "schema.json"


def publish(evidence: Evidence, folder: Path) -> None:
    """The record that the pages were made from and its schema, in `folder`; nothing without a record."""
    if not evidence.runs:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).write_bytes(encode(Record(VERSION, list(evidence.runs))))
    (folder / SCHEMA).write_bytes(msgspec.json.format(msgspec.json.encode(schema()), indent=1))
