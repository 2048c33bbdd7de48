"""Do the applications start with what they are given, and are their settings, templates, links and headers right?"""
