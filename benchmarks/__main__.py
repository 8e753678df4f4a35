"""`make bench`: engine and atlas beside their peers, page and talks in a browser, crowds; `--quick` for less."""

import argparse

from benchmarks import atlas, audience, engine, geometry, load, page, talk


def main() -> None:
    """Run all benchmarks, one after the other, so that they do not fight over the cores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    quick = parser.parse_args().quick
    engine.main(["--quick"] if quick else [])
    page.main(["--quick"] if quick else [])
    talk.main(["--quick"] if quick else [])
    load.main(["--quick"] if quick else [])
    audience.main(["--quick"] if quick else [])
    atlas.main(["--quick"] if quick else [])
    geometry.main(["--quick"] if quick else [])


if __name__ == "__main__":
    main()
