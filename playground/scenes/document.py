"""A Markdown file of parts: talks and lessons are written in it, and Marp and reveal.js show it as plain slides.

    ---
    title: Why depth helps
    ---
    # A line is not enough
    <!-- run: ?dataset=xor&hidden= ; play: 0..100 in 6s -->
    Which accuracy can one neuron reach?
    <!-- Wait for hands. -->

    ---
    # Four neurons

Settings of the whole stand first, `key: value` between two lines of dashes. A line of dashes ends a part. A comment
holds commands, `key: value`, one a line or several with " ; " between them (a link may hold a semicolon, but no
spaces); one that begins with no key is a note to the speaker. All else is the part's text, code blocks included.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

MOST_LETTERS = 200_000
MOST_PARTS = 200
NOTE = "note"
"""The key of what is said to the speaker alone"""

_KEY = re.compile(r"([a-z][a-z0-9-]{0,30}):(?:[ \t]+|$)(.*)", re.DOTALL)
_DASHES = re.compile(r"-{3,}[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Command:
    """One `key: value`, and the line of the file that it begins in, from 1."""

    key: str
    value: str
    line: int


@dataclass(frozen=True)
class Part:
    """One scene or screen: its text without the comments, what the comments say, and the line in which it begins."""

    text: str
    commands: tuple[Command, ...]
    line: int

    def all(self, key: str) -> list[Command]:
        """The commands of one key, in order."""
        return [command for command in self.commands if command.key == key]

    @property
    def heading(self) -> str:
        """The first heading; "" if there is none."""
        found = re.search(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", self.text, re.MULTILINE)
        return found[1] if found else ""

    @property
    def body(self) -> str:
        """The text without the first heading."""
        return re.sub(r"^#{1,6}[ \t]+.*$\n*", "", self.text, count=1, flags=re.MULTILINE).strip()


@dataclass(frozen=True)
class Document:
    """What a file says: settings of the whole, and its parts."""

    settings: tuple[Command, ...]
    parts: tuple[Part, ...]

    def setting(self, key: str, otherwise: str = "") -> str:
        """The value of a setting of the whole; the last one counts."""
        return next((s.value for s in reversed(self.settings) if s.key == key), otherwise)


@dataclass(frozen=True)
class Problem:
    """What is wrong, in a sentence, and in which line."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


def read(text: str) -> tuple[Document, list[Problem]]:
    """Take a file apart; what cannot be understood is a problem, and the rest is there nevertheless."""
    if len(text) > MOST_LETTERS:
        return Document((), ()), [Problem(1, f"A file must have at most {MOST_LETTERS:,} letters; got {len(text):,}.")]
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    problems: list[Problem] = []
    settings, start = _front_matter(lines, problems)
    parts = []
    for first, last in _cuts(lines, start):
        part = _part(lines[first:last], first + 1, problems)
        if part.text or part.commands:
            parts.append(part)
    if len(parts) > MOST_PARTS:
        problems.append(Problem(parts[MOST_PARTS].line, f"There must be at most {MOST_PARTS} parts; got {len(parts)}."))
    return Document(settings, tuple(parts[:MOST_PARTS])), problems


def write(document: Document) -> str:
    """The file that says this."""
    head = "".join(f"{s.key}: {s.value}\n" for s in document.settings)
    parts = []
    for part in document.parts:
        commands = "\n".join(_comment(command) for command in part.commands)
        parts.append("\n".join(filter(None, (part.text.strip(), commands))))
    return (f"---\n{head}---\n\n" if head else "") + "\n\n---\n\n".join(parts) + "\n"


def unknown(commands: Iterable[Command], known: Collection[str], what: str) -> list[Problem]:
    """A problem for each command whose key is not one of those known."""
    return [
        Problem(c.line, f"{what} has no command “{c.key[:40]}”; there are {', '.join(sorted(known))}.")
        for c in commands
        if c.key not in known
    ]


def too_long(line: int, what: str, text: str, most: int) -> list[Problem]:
    """A problem where a text has more letters than are read from afar."""
    if len(text) <= most:
        return []
    told = f"{what} must have at most {most} letters, or the back row cannot read it; got {len(text)}."
    return [Problem(line, told)]


# ---- taking apart ----------------------------------------------------------------------------------------------
def _front_matter(lines: list[str], problems: list[Problem]) -> tuple[tuple[Command, ...], int]:
    """The settings of the whole, and the index of the line after them."""
    start = next((k for k, line in enumerate(lines) if line.strip()), 0)
    if start >= len(lines) or not _DASHES.fullmatch(lines[start]):
        return (), 0
    end = next((k for k in range(start + 1, len(lines)) if _DASHES.fullmatch(lines[k])), None)
    if end is None:
        return (), start + 1
    found = []
    for k in range(start + 1, end):
        line = lines[k].strip()
        if not line or line.startswith("#"):
            continue
        if match := _KEY.fullmatch(line):
            found.append(Command(match[1], _bare(match[2].strip()), k + 1))
        elif k == start + 1 or not found:  # a file that begins with a line and has no settings
            return (), start + 1
        else:
            problems.append(Problem(k + 1, f"A setting must be written “key: value”; got “{line[:40]}”."))
    return (tuple(found), end + 1) if found else ((), start + 1)


def _bare(value: str) -> str:
    """Without the quotes that YAML may have."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _cuts(lines: list[str], start: int) -> list[tuple[int, int]]:
    """Where parts begin and end; a line of dashes right under text is a heading's underline in Markdown."""
    cuts, first, fence, comment = [], start, "", False
    for k in range(start, len(lines)):
        line = lines[k]
        if comment:
            comment = "-->" not in line
        elif match := _FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif not fence:
            comment = "<!--" in line and "-->" not in line.rpartition("<!--")[2]
            above = lines[k - 1] if k > start else ""
            if _DASHES.fullmatch(line) and (not above.strip() or above.rstrip().endswith("-->")):
                cuts.append((first, k))
                first = k + 1
    return [*cuts, (first, len(lines))]


def _part(lines: list[str], first: int, problems: list[Problem]) -> Part:
    """A part of lines, of which the first has this number."""
    text = "\n".join(lines)
    fences = _fenced(text)
    commands: list[Command] = []
    kept, at = [], 0
    while True:
        start = text.find("<!--", at)
        while start >= 0 and any(a <= start < b for a, b in fences):
            start = text.find("<!--", start + 4)
        if start < 0:
            break
        end = text.find("-->", start + 4)
        line = first + text.count("\n", 0, start)
        if end < 0:
            problems.append(Problem(line, "A comment must end with “-->”; this one does not."))
            break
        kept.append(text[at:start])
        commands += _commands(text[start + 4 : end], line)
        at = end + 3
    kept.append(text[at:])
    told = re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()
    begin = next((k for k, line in enumerate(lines) if line.strip()), 0)
    return Part(told, tuple(commands), first + begin)


def _fenced(text: str) -> list[tuple[int, int]]:
    """Where code blocks are."""
    found, fence, begin, at = [], "", 0, 0
    for line in text.split("\n"):
        if match := _FENCE.match(line):
            if not fence:
                fence, begin = match[1], at
            elif match[1].startswith(fence) and not line.strip().strip(fence[0]):
                found.append((begin, at + len(line)))
                fence = ""
        at += len(line) + 1
    return [*found, (begin, at)] if fence else found


def _commands(comment: str, line: int) -> list[Command]:
    """What a comment says that begins in this line."""
    if not _KEY.fullmatch(comment.strip().split("\n")[0].split(" ; ")[0].strip()):
        told = "\n".join(part.strip() for part in comment.strip().split("\n"))
        return [Command(NOTE, told, line)] if told else []
    found: list[Command] = []
    for k, row in enumerate(comment.split("\n")):
        for piece in re.split(r"[ \t];(?:[ \t]|$)", row):
            if match := _KEY.fullmatch(piece.strip()):
                found.append(Command(match[1], match[2].strip(), line + k))
            elif piece.strip() and found:  # a value that goes on
                last = found[-1]
                found[-1] = Command(last.key, f"{last.value} {piece.strip()}".strip(), last.line)
    return found


def _comment(command: Command) -> str:
    value = command.value.replace("-->", "--\u200b>")
    return f"<!-- {command.key}: {value} -->"
