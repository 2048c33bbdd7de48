"""Find, check and run the commands of a MkDocs site, and say what was proven."""
