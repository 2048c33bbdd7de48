"""What a page or a file must not say: each rule has an identifier, a sentence, a bad and a good example, a function."""
