"""The command line, as `python -m training`."""

import sys

if __name__ == "__main__":
    try:
        from training.cli.main import main

        main(prog_name="python -m training")
    except KeyboardInterrupt:  # while the imports took their time; later, click says so
        sys.exit("Aborted!")
