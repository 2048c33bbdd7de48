"""Pages in, blocks out: what the reader sees, and the line where it stands."""
