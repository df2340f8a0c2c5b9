"""A cold function in a process of its own whose disk takes nothing: `python -m tests.faults.ask_once URI FOLDER`.

FOLDER is where it may write; where that is empty, no file anywhere may grow by a byte. Prints the status, the version
and the prediction of three answers, each line one.
"""

import resource
import signal
import sys
import tempfile


def main(uri: str, folder: str) -> None:
    if folder:
        tempfile.tempdir = folder
    else:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from handler.coldstart import init_phase
    from tests.faults.releases import BODY
    from tests.unit.handler.asking import ask, open_application, predict_event

    init_phase.ON_LAMBDA = True  # only there artifacts are kept on disk
    application = open_application(MODEL_URI=uri)
    for _ in range(3):
        answer = ask(application, predict_event(BODY))
        print(answer.status, answer.headers["x-model-version"], answer.body.get("prediction"))


if __name__ == "__main__":
    main(*sys.argv[1:])
