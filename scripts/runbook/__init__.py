"""Find, check and run the commands of a MkDocs site, and say what was proven.

pages → fences → blocks → plan → execute (on a target) → record → faces (terminal, JUnit, JSON)
"""
