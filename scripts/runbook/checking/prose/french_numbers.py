"""Which numbers do French sentences write in words?"""

import re

WORDS = {
    **{
        word: number
        for number, word in enumerate(
            [
                "zéro",
                "un",
                "deux",
                "trois",
                "quatre",
                "cinq",
                "six",
                "sept",
                "huit",
                "neuf",
                "dix",
                "onze",
                "douze",
                "treize",
                "quatorze",
                "quinze",
                "seize",
            ]
        )
    },
    "dix-sept": 17,
    "dix-huit": 18,
    "dix-neuf": 19,
    "vingt": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "cent": 100,
    "mille": 1000,
}
NUMBER = rf"(?:\d+|{'|'.join(sorted(WORDS, key=len, reverse=True))})"


def number(text: str) -> int | None:
    """The number that a word or digits give."""
    return int(text) if text.isdecimal() else WORDS.get(text.lower())


def big_words(text: str) -> list[int]:
    """The hundreds and thousands said in words: `mille processeurs`, not `quelques centaines`."""
    return [WORDS[word] for word in re.findall(r"(?<![\w-])(cent|mille)(?![\w-])", text)]
