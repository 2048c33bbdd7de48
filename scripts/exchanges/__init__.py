"""Try which addresses pods may reach, one attempt after the other, and say what passes."""
