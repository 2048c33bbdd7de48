"""The grammars of the programs that pages use, as the programs themselves tell them."""
