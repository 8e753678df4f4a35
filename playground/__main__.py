"""The playground from the command line, for people who script.

python -m playground export --link "http://localhost:8501/?dataset=moons&step=500&v=1" --to pytorch
python -m playground export --link run.json --to numpy onnx history --into results
python -m playground export --link "?dataset=moons" --weights net.safetensors --step 500 --to npz
python -m playground talk check mine.md
python -m playground talk export mine.md --into results
python -m playground talk gallery mine.md depth --into site
python -m playground lesson check my-lesson.md
"""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playground.export import EXPORTERS, Subject, exporter_of
from playground.export.experiment_file import read_experiment
from playground.export.weights_file import begin_with, read_weights
from playground.run.experiment import Experiment
from playground.run.link import run_from_query
from playground.run.runs import Runs
from playground.scenes.gallery import INDEX, Shown, file_names, gallery
from playground.scenes.lesson_check import check_lesson
from playground.scenes.ready import ready_talks
from playground.scenes.recorded import new_studio
from playground.scenes.talk_check import check
from playground.scenes.trial import Trials

DEFAULT_EPOCHS = 200


def main(arguments: list[str] | None = None) -> int:
    """Do what the arguments say; the exit code is 0 when all of it was done."""
    parser = argparse.ArgumentParser(prog="python -m playground", description="Train a run and take it along.")
    commands = parser.add_subparsers(required=True, metavar="command")
    export = commands.add_parser("export", help="write a run as code, weights, tables or a model")
    export.add_argument("--link", default="", help="a link of the playground, or an experiment file (.json)")
    export.add_argument("--step", type=int, help=f"the moment; else the link's, else after {DEFAULT_EPOCHS} epochs")
    export.add_argument("--weights", type=Path, help="begin with the weights in a file (.npz or .safetensors)")
    formats = ", ".join(EXPORTERS)
    export.add_argument("--to", nargs="+", required=True, choices=EXPORTERS, metavar="FORMAT", help=formats)
    export.add_argument("--into", type=Path, default=Path(), help="the folder to write to; this one by default")
    export.set_defaults(do=lambda given: _export(given.link, given.weights, given.step, given.to, given.into))
    talk = commands.add_parser("talk", help="look a talk through, or write it as one file that plays without a server")
    what = talk.add_subparsers(required=True, metavar="what")
    whole = "a talk (.md), or the name of one that is ready: " + ", ".join(ready_talks())
    looked = what.add_parser("check", help="its syntax by line, its links, what its runs reach, how large its file is")
    looked.add_argument("file", help=whole)
    looked.set_defaults(do=lambda given: _talk(given.file, None))
    written = what.add_parser("export", help="one HTML file with every run, scene and note")
    written.add_argument("file", help=whole)
    written.add_argument("--into", type=Path, default=Path(), help="the folder to write to; this one by default")
    written.set_defaults(do=lambda given: _talk(given.file, given.into))
    several = what.add_parser("gallery", help="a page of several talks, with the file that plays each beside it")
    several.add_argument("files", nargs="+", metavar="FILE", help=whole)
    several.add_argument("-o", "--into", type=Path, required=True, help="the folder to write to")
    several.set_defaults(do=lambda given: _gallery(given.files, given.into))
    lesson = commands.add_parser("lesson", help="lessons and tasks as Markdown files")
    what = lesson.add_subparsers(required=True, metavar="what")
    looked = what.add_parser("check", help="name every fault by its line, and try all claims and solutions")
    looked.add_argument("files", nargs="+", type=Path, metavar="FILE")
    looked.set_defaults(do=lambda given: _lessons(given.files))
    given = parser.parse_args(arguments)
    try:
        return int(given.do(given))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _export(link: str, weights: Path | None, step: int | None, formats: list[str], folder: Path) -> int:
    experiment, linked, problems = _read(link)
    if weights is not None:
        experiment, more = begin_with(experiment.now, read_weights(weights.read_bytes()))
        problems += more
    for sentence in problems:
        sys.stderr.write(f"{sentence}\n")
    subject = _train(experiment, linked if step is None else step)
    folder.mkdir(parents=True, exist_ok=True)
    failures = 0
    for name in formats:
        exporter = exporter_of(name)
        try:
            path = folder / exporter.filename(subject)
            path.write_bytes(exporter.write(subject))
            sys.stdout.write(f"{path}\n")
        except ValueError as error:
            sys.stderr.write(f"{exporter.label}: {error}\n")
            failures += 1
    return min(failures, 1)


def _talk(name: str, folder: Path | None) -> int:
    """Look a talk through, and write it where a folder is given."""
    checked = check(_source(name), new_studio())
    for problem in checked.problems:
        sys.stderr.write(f"{problem}\n")
    if checked.problems:
        return 1
    sys.stdout.write(f"{checked.facts}\n")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{Path(name).stem}.html"
        path.write_bytes(checked.file)
        sys.stdout.write(f"{path}\n")
    return 0


def _source(name: str) -> str:
    try:
        return ready_talks().get(name) or Path(name).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name} is no text in UTF-8: a talk is a Markdown file.") from None


def _gallery(names: list[str], folder: Path) -> int:
    """Write a page of several talks and the files that play them; nothing, where one of them has a fault."""
    studio = new_studio().holding()
    checked = [check(_source(name), studio) for name in names]
    for name, found in zip(names, checked, strict=True):
        sys.stderr.writelines(f"{name}: {problem}\n" for problem in found.problems)
    if any(found.problems for found in checked):
        return 1
    files = file_names([Path(name).stem for name in names])
    folder.mkdir(parents=True, exist_ok=True)
    for file, found in zip(files, checked, strict=True):
        (folder / file).write_bytes(found.file)
        sys.stdout.write(f"{folder / file}\n")
    page = gallery([Shown(found, file) for found, file in zip(checked, files, strict=True)], studio)
    (folder / INDEX).write_text(page, encoding="utf-8")
    sys.stdout.write(f"{folder / INDEX}\n")
    return 0


def _lessons(files: list[Path]) -> int:
    faults = 0
    for path in files:
        found: list[str] = []
        problems = check_lesson(path.read_text(encoding="utf-8"), path.stem, Trials(), nullcontext, found.append)
        if not problems:
            found.append("Nothing is wrong with it.")
        sys.stdout.writelines(f"{path}: {sentence}\n" for sentence in found)
        sys.stderr.writelines(f"{path}: {problem}\n" for problem in problems)
        faults += len(problems)
    return min(faults, 1)


def _read(link: str) -> tuple[Experiment, int, list[str]]:
    if link.endswith(".json"):
        return read_experiment(Path(link).read_bytes())
    query = urlsplit(link).query if "?" in link else link
    return run_from_query(dict(parse_qsl(query, keep_blank_values=True)))


def _train(experiment: Experiment, step: int) -> Subject:
    run = Runs().get(experiment)
    if step <= 0:
        last = experiment.changes[-1].step if experiment.changes else 0
        step = last + DEFAULT_EPOCHS * experiment.steps_per_epoch(len(run.trainer.data.x_train))
    run.record_until(step)
    return Subject(experiment, run.trainer, min(step, run.last_step))


if __name__ == "__main__":
    sys.exit(main())
