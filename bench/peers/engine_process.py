"""A peer's process: hears and answers the bench as engineProcess.ts describes."""
import json
import os
import platform
import sys
import time


def serve(versions, check, step):
    """check(n): numbers that every engine must agree on. step(): one step, done when it returns."""
    answers = os.fdopen(3, "w")

    def answer(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    answer({"versions": {**versions, "python": platform.python_version()}})
    for line in sys.stdin:
        command = json.loads(line)
        if "check" in command:
            answer({"values": [float(value) for value in check(command["check"])]})
            continue
        times = []
        for _ in range(command["run"]):
            before = time.perf_counter()
            step()
            times.append((time.perf_counter() - before) * 1e3)
        answer({"ms": times})


def surprises(logits):
    """-log softmax: positive numbers, unlike logits."""
    import numpy

    logits = numpy.asarray(logits, dtype=numpy.float64).reshape(-1)
    return numpy.log(numpy.exp(logits).sum()) - logits
