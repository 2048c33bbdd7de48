"""Is the output what the page shows?"""
