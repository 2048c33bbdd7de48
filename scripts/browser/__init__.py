"""The browser of this machine, and what is made with it."""
