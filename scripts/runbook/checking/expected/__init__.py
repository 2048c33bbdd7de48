"""Are the expected results of the pages what the repository would give?"""
