"""Run by the Python of a peer's own environment: a roster as JSON comes in, its pairs as JSON go out.

`mentor-match` and `matching` install a module of the same name, so they cannot live in one environment.
Nothing of Cairn is imported here.
"""

# mypy: ignore-errors
# ruff: noqa: PLC0415 - what can be imported depends on the environment
import json
import operator
import sys
import threading
import time


def by_its_own_rules(given):
    """mentor-match, with the rules that its README shows; a mentor stands once for each place."""
    from matching.rules.rule import Equivalent, Grade

    rules = [
        Equivalent("profession", {True: 6, False: 0}),
        Grade(0, operator.gt, {True: 3, False: 0}),
        Equivalent("organisation", {True: 1, False: 0}),
    ]
    return _rounds(given, rules)


def by_our_scores(given):
    """mentor-match, told which pairs must not be and how well the others suit."""
    from matching.rules.rule import Disqualify

    scores = {(mentee, mentor): score for mentee, mentor, score in given["scores"]}

    class Ours:
        def apply(self, match):
            return scores[match.mentee.email, match.mentor.email]

    def must_not_be(match):
        return (match.mentee.email, match.mentor.email) not in scores

    # The last rule is applied first
    return _rounds(given, [Ours(), Disqualify(must_not_be)])


def _rounds(given, rules):
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.process import process_data

    mentees = [Mentee(**person) for person in given["mentees"]]
    seats = [Mentor(**person) for person in given["mentors"] for _ in range(person["places"])]
    process_data(seats, mentees, [rules])
    return [(mentee.email, mentor.email) for mentee in mentees for mentor in mentee.mentors]


def stable(given):
    """matching: hospitals and residents, who rank each other by our scores."""
    from matching.games import HospitalResident

    mentees, mentors = {}, {}
    for mentee, mentor, score in given["scores"]:
        mentees.setdefault(mentee, []).append((-score, mentor))
        mentors.setdefault(mentor, []).append((-score, mentee))
    places = {person["email"]: person["places"] for person in given["mentors"]}
    game = HospitalResident.create_from_dictionaries(
        {mentee: [mentor for _, mentor in sorted(ranked)] for mentee, ranked in mentees.items()},
        {mentor: [mentee for _, mentee in sorted(ranked)] for mentor, ranked in mentors.items()},
        {mentor: places[mentor] for mentor in mentors},
    )
    return [(str(mentee), str(mentor)) for mentor, held in game.solve().items() for mentee in held]


def stable_with_a_deeper_stack(given):
    """It copies everybody whom anybody ranks inside one another, deeper than Python allows as it comes."""
    sys.setrecursionlimit(10**7)
    threading.stack_size(2**30 - 4096)
    found = []
    thread = threading.Thread(target=lambda: found.extend(stable(given)))
    thread.start()
    thread.join()
    return found


def main():
    given = json.load(sys.stdin)
    ways = {
        "by_its_own_rules": by_its_own_rules,
        "by_our_scores": by_our_scores,
        "stable": stable,
        "stable_with_a_deeper_stack": stable_with_a_deeper_stack,
    }
    began = time.perf_counter()
    pairs = ways[sys.argv[1]](given)
    json.dump({"seconds": time.perf_counter() - began, "pairs": pairs}, sys.stdout)


main()
