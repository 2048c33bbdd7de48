"""One file per step, named by its number and by what it brings."""
