"""How fast is the engine? Figures of this machine, printed and not judged."""
