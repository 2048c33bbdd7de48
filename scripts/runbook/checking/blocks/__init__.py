"""The commands of the blocks, where each of them stands, and how they are written."""
