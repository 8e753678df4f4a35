"""A lesson checked: every fault by its line, every claim by the engine, the challenge by its own solutions."""

from __future__ import annotations

from collections.abc import Callable

from playground.scenes.border import border
from playground.scenes.challenge import Challenge, solved_at_its_start, try_out
from playground.scenes.document import Problem
from playground.scenes.lesson import Claim, Lesson, Screen, read_lesson
from playground.scenes.rules import judge
from playground.scenes.trial import Trials, Turn


def check_lesson(
    text: str, name: str, trials: Trials, turn: Turn, tell: Callable[[str], None] = lambda sentence: None
) -> list[Problem]:
    """All that is wrong with a lesson's file; `tell` hears what the engine has found right."""
    lesson, problems = read_lesson(text, name)
    if lesson is None or problems:
        return problems  # what was not understood cannot be judged
    for screen in lesson.screens:
        for claim in _claims(screen):
            if problem := _wrong(claim, trials, turn, tell):
                problems.append(problem)
        if screen.challenge is not None:
            problems += _challenge(screen, screen.challenge, trials, turn, tell)
    return problems + _line(lesson, turn, tell) + _without(lesson)


def _line(lesson: Lesson, turn: Turn, tell: Callable[[str], None]) -> list[Problem]:
    """Whether there is a line that would be right, where one is asked for."""
    predict, run = lesson.screen("predict"), lesson.screen("run")
    if run is None or predict is None or predict.question is None or not predict.question.is_line:
        return []
    try:
        truth = border(run.run, run.until, turn)
    except ValueError as error:
        return [Problem(run.line, str(error))]
    nearest = truth.nearest_line()
    agreement = truth.agreement(nearest) if nearest else 0.0
    within = predict.question.within
    if agreement < 100 - within:
        sentence = "The run's border is no line" if nearest else "The run has no border"
        return [Problem(predict.line, f"{sentence}: none parts the plane as it does to within {within:g} %.")]
    tell(f"Line {predict.line}: a line can part {agreement:.3g} % of the plane as the run does.")
    return []


def _claims(screen: Screen) -> list[Claim]:
    return [*screen.facts, *(reason.shows for reason in screen.reasons if reason.shows is not None)]


def _wrong(claim: Claim, trials: Trials, turn: Turn, tell: Callable[[str], None]) -> Problem | None:
    """What a claim says that does not hold."""
    if claim.rule is None:
        return None
    config = claim.run.now
    try:
        verdict = judge(claim.rule, config, config, trials.curves(config, claim.rule.seeds, claim.rule.epochs, turn))
    except ValueError as error:
        return Problem(claim.line, str(error))
    if verdict.passed:
        tell(f"Line {claim.line}: it holds that {claim.link} reaches “{claim.rule}” ({verdict.solved} seeds).")
        return None
    return Problem(claim.line, f"{claim.link} does not reach “{claim.rule}”. {' '.join(verdict.reasons)}")


def _challenge(
    screen: Screen, challenge: Challenge, trials: Trials, turn: Turn, tell: Callable[[str], None]
) -> list[Problem]:
    """Whether the solutions pass, the first with all stars, and the named wrong ones fail."""
    problems = []
    try:
        if solved_at_its_start(challenge, trials, turn):
            problems.append(Problem(screen.line, "The run that the challenge begins with meets the goal already."))
    except ValueError as error:
        problems.append(Problem(screen.line, str(error)))
    if not screen.solutions:
        problems.append(
            Problem(screen.line, "A challenge needs a “solution”, so that it is known that it can be done.")
        )
    most = 0
    for claim in screen.solutions:
        try:
            result = try_out(challenge, claim.run, trials, turn)
        except ValueError as error:
            problems.append(Problem(claim.line, str(error)))
            continue
        most = max(most, result.stars)
        if result.stars:
            tell(f"Line {claim.line}: the solution {claim.link} gets {result.stars} of {len(challenge.rules)} stars.")
        else:
            problems.append(Problem(claim.line, f"The solution {claim.link} fails. {' '.join(result.reasons)}"))
    if screen.solutions and 0 < most < len(challenge.rules):
        sentence = f"No solution gets all {len(challenge.rules)} stars; the best one gets {most}."
        problems.append(Problem(screen.line, sentence))
    for wrong in screen.wrong:
        try:
            failed = try_out(challenge, wrong.claim.run, trials, turn)
        except ValueError as error:
            problems.append(Problem(wrong.claim.line, str(error)))
            continue
        if failed.stars:
            problems.append(
                Problem(wrong.claim.line, f"{wrong.claim.link} should fail, but gets {failed.stars} stars.")
            )
        else:
            tell(f"Line {wrong.claim.line}: {wrong.claim.link} fails, as it should. {failed.reasons[0]}")
    return problems


def _without(lesson: Lesson) -> list[Problem]:
    """What a lesson lacks that a task need not have."""
    if lesson.is_task:
        return []
    kinds = [screen.kind for screen in lesson.screens]
    missing = [kind for kind in ("predict", "run", "challenge") if kind not in kinds]
    return [Problem(1, f"A lesson needs a screen “{kind}”.") for kind in missing]
