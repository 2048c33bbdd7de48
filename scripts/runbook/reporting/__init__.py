"""Say what came of it: record, terminal, JUnit, annotations."""
