"""kubectl: its verbs, options, objects, files, ports and fields."""
