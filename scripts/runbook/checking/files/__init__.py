"""What no file may keep or say: secrets, and comments that do not hold."""
