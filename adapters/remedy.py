"""What is wrong and what somebody does about it: said in two sentences, wherever it is found."""

from dataclasses import dataclass


class MendFirst(Exception):
    """Somebody has to put something right before this can run."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(f"{wrong} {mend}")
        self.wrong = wrong
        self.mend = mend


@dataclass(frozen=True)
class Finding:
    """What the doctor saw. Where it is not well, `mend` says what to do."""

    about: str
    is_well: bool
    seen: str
    mend: str = ""
