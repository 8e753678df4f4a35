"""`make bench`: the engine beside its peers, then the page in a real browser. `--quick` for a short version."""

import argparse

from benchmarks import engine, page


def main() -> None:
    """Run both benchmarks, one after the other, so that they do not fight over the cores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    quick = parser.parse_args().quick
    engine.main(["--quick"] if quick else [])
    page.main(["--quick"] if quick else [])


if __name__ == "__main__":
    main()
