"""The site, the deck and the front as a browser shows them."""
