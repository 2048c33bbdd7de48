"""Can the tests fail? Change one thing at a time in a copy of the repository and see what turns red."""
