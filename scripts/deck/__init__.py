"""The deck for the validation meeting, as files that leave the site."""
