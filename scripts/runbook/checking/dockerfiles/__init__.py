"""Does each image hold what its application needs, and run it?"""
