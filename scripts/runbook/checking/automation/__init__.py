"""Do the repository's own scripts and its pipeline run what exists?"""
