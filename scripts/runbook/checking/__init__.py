"""Does what the pages name exist? A model of the repository, and rules that resolve pages against it."""
