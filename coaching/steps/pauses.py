"""Pauses between repetitions. "6 × 1 km, 2 minutes between" has five pauses.

The API's structured steps can say it only as 5 × (1 km, 2 minutes), 1 km. `unfold_pauses` makes this form
of a Repeat with `between`, and `fold_pauses` finds it again. Pure.
"""

from __future__ import annotations

from .step import PAUSES, Repeat, Step, Steps


def fold_pauses(steps: Steps) -> Steps:
    """Join 5 × (work, pause), work into 6 × work with the pause between, also inside of repeats."""
    folded: list[Step | Repeat] = []
    place = 0
    while place < len(steps):
        step = steps[place]
        place += 1
        if isinstance(step, Repeat):
            *work, last = step.steps
            if (
                work
                and isinstance(last, Step)
                and last.kind in PAUSES
                and steps[place : place + len(work)] == tuple(work)
            ):
                place += len(work)
                step = Repeat(step.times + 1, fold_pauses(tuple(work)), last)
            else:
                step = Repeat(step.times, fold_pauses(step.steps), step.between)
        folded.append(step)
    return tuple(folded)


def unfold_pauses(steps: Steps) -> Steps:
    """The same training without a `between`."""
    unfolded: list[Step | Repeat] = []
    for step in steps:
        if isinstance(step, Step):
            unfolded.append(step)
            continue
        work = unfold_pauses(step.steps)
        if step.between is None:
            unfolded.append(Repeat(step.times, work))
            continue
        if step.times > 1:
            unfolded.append(Repeat(step.times - 1, (*work, step.between)))
        unfolded += work
    return tuple(unfolded)
