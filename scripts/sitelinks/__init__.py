"""Where the built site leads: inside itself, to be true offline, and outside, to be looked at now and then."""
