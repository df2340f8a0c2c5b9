"""The command line, as `python -m training`."""

import os
import sys

if __name__ == "__main__":
    try:
        from training.cli.main import main

        main(prog_name="python -m training")
    except KeyboardInterrupt:  # while the imports took their time; later, click says so
        sys.exit("Aborted!")
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read has gone, as in `… | head`; Python would write of it at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
