"""One resolver a program: does what this command names exist, and does it take these options?"""
