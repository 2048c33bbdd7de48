"""Is what the pages tell so: names, counts, figures, settings, diagrams, links?"""
