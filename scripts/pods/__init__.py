"""What pods say when they are asked through kubectl: which addresses they reach, and what they cost."""
