"""Wording: findings in plain words, each with one number and one caution. A warning comes before all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.outcomes.analysis import (
    FEW,
    Because,
    Comparison,
    Findings,
    Further,
    Group,
    Label,
    Side,
    Stays,
    Verdict,
)
from bot.outcomes.figures import Figures, decimals_of
from bot.outcomes.joining import Outcome
from bot.outcomes.lottery import Record
from bot.outcomes.matching import FEWEST_PAIRS, Matched
from bot.outcomes.report import Curve, Curves, Forest, Report, Section, Table
from bot.prompts import Prompts
from bot.statistics import Between, needed_to_explain_away
from bot.suppression import FEWEST

LABELS = {
    Label.RANDOMISED: "outcomes.randomised",
    Label.QUASI: "outcomes.quasi_experimental",
    Label.DESCRIPTIVE: "outcomes.descriptive",
}
REASONS = {
    Because.DRAWN: "outcomes.because_drawn",
    Because.NO_LOTTERY: "outcomes.because_no_lottery",
    Because.NO_RECORD: "outcomes.because_no_record",
    Because.CHANGED: "outcomes.because_changed",
    Because.NOT_ITS_LOTS: "outcomes.because_not_its_lots",
    Because.MATCHED: "outcomes.because_matched",
    Because.TOO_FEW_PAIRS: "outcomes.because_too_few_pairs",
    Because.NOT_ALIKE: "outcomes.because_not_alike",
}
OUTCOMES = {
    Outcome.RETAINED: "outcomes.retained",
    Outcome.PROMOTED: "outcomes.promoted",
    Outcome.MOVED: "outcomes.moved",
}
DEFINITIONS = {
    Outcome.RETAINED: "outcomes.method_outcome_retained",
    Outcome.PROMOTED: "outcomes.method_outcome_promoted",
    Outcome.MOVED: "outcomes.method_outcome_moved",
}
VERDICTS = {
    Verdict.MORE: "outcomes.verdict_more",
    Verdict.FEWER: "outcomes.verdict_fewer",
    Verdict.OPEN: "outcomes.verdict_open",
    Verdict.FEW: "outcomes.verdict_few",
}
MATCHED_VERDICTS = VERDICTS | {
    Verdict.MORE: "outcomes.verdict_quasi_more",
    Verdict.FEWER: "outcomes.verdict_quasi_fewer",
}
SPOILT = {Because.NO_RECORD, Because.CHANGED, Because.NOT_ITS_LOTS}
DRAWN = {Because.DRAWN, *SPOILT}


def put_in_words(found: Findings, prompts: Prompts, language: str, made: date) -> Report:
    return _Writer(found, prompts, Figures(language)).report(made)


@dataclass(frozen=True)
class _Writer:
    found: Findings
    prompts: Prompts
    figures: Figures

    def __call__(self, name: str, /, **values: object) -> str:
        return self.prompts.phrase(self.figures.language, name, **values)

    def report(self, made: date) -> Report:
        found = self.found
        is_certain = found.label is not Label.DESCRIPTIVE
        spoilt = found.because in SPOILT
        warning = "outcomes.warn_unknown" if spoilt else "outcomes.warn_volunteers"
        return Report(
            language=self.figures.language,
            title=self("outcomes.title", outcome=self.outcome(found.main.outcome)),
            made_on=self("outcomes.made_on", by=self.by, made=self.figures.day(made)),
            warning="" if is_certain else self(warning),
            read_first=self("outcomes.read_first"),
            label=self("outcomes.label", label=self(LABELS[found.label])),
            because=self.because(),
            sections=tuple(self.sections()),
        )

    def because(self) -> str:
        matched, record = self.found.matched, self.found.record
        columns = self.listed([one.column for one in matched.balance]) if matched else ""
        return self(
            REASONS[self.found.because],
            seed=record.seed if record else "",
            pairs=self.figures.number(matched.pairs) if matched else "",
            columns=columns,
            fewest=FEWEST_PAIRS,
        )

    def sections(self) -> Iterator[Section]:
        found = self.found
        yield self.main()
        if found.main.is_shown:
            yield self.missing()
        if found.adjusted:
            yield self.adjusted(found.adjusted)
        if found.as_treated:
            names = self("outcomes.took_part"), self("outcomes.did_not")
            yield self.secondary(
                "outcomes.as_treated", "outcomes.as_treated_caution", found.as_treated, names
            )
        if found.unmatched:
            yield self.secondary(
                "outcomes.unmatched", "outcomes.unmatched_caution", found.unmatched, self.names
            )
        if found.further:
            yield self.further(found.further)
        if found.stays:
            yield self.stays(found.stays)
        if found.groups.shown or found.groups.hidden:
            yield self.groups()
        if found.matched:
            yield self.balance(found.matched)
        yield self.method()

    # Names and numbers

    @property
    def by(self) -> str:
        return self.figures.day(self.found.by)

    @property
    def names(self) -> tuple[str, str]:
        if self.found.because in DRAWN:
            return self("outcomes.drawn_begin"), self("outcomes.drawn_wait")
        return self("outcomes.took_part"), self("outcomes.did_not")

    def outcome(self, outcome: Outcome) -> str:
        return self(OUTCOMES[outcome])

    def listed(self, names: Sequence[str]) -> str:
        return ", ".join(self("outcomes.quoted", name=name) for name in names)

    def points(self, found: Comparison, between: Between, *, briefly: bool = False) -> str:
        decimals = decimals_of(found, between)
        value, low, high = (
            self.figures.points(edge, decimals) for edge in (between.value, between.low, between.high)
        )
        name = "outcomes.points_brief" if briefly else "outcomes.points"
        return self(name, value=value, low=low, high=high)

    def shares(self, found: Comparison, names: tuple[str, str]) -> str:
        return self(
            "outcomes.shares",
            by=self.by,
            outcome=self.outcome(found.outcome),
            one=self.figures.of(found.one),
            two=self.figures.of(found.two),
            first=names[0],
            second=names[1],
        )

    def visible(self, found: Comparison) -> str:
        return self.figures.points(found.visible, signed=False) if found.visible is not None else ""

    def hidden(self) -> str:
        return self("outcomes.verdict_hidden", fewest=FEWEST)

    # Results

    def main(self) -> Section:
        main = self.found.main
        if main.difference is None:
            return Section(
                self("outcomes.main"),
                self.hidden(),
                self("outcomes.not_shown"),
                self("outcomes.caution_hidden"),
            )
        return Section(
            heading=self("outcomes.main"),
            sentence=f"{self.shares(main, self.names)} {self.verdict()}",
            number=self.points(main, main.difference),
            caution=self.caution(),
            picture=self.forest(),
            tables=(self.sides(main, self.names), self.more_numbers(main)),
        )

    def verdict(self) -> str:
        main = self.found.main
        if self.found.label is Label.DESCRIPTIVE:
            return self("outcomes.verdict_descriptive")
        if main.verdict is Verdict.FEW and main.visible is None:
            return self("outcomes.verdict_few_never")
        verdicts = VERDICTS if self.found.label is Label.RANDOMISED else MATCHED_VERDICTS
        return self(verdicts[main.verdict], visible=self.visible(main))

    def caution(self) -> str:
        """The one that matters most."""
        return next(self.cautions())

    def cautions(self) -> Iterator[str]:
        found, main = self.found, self.found.main
        if found.label is Label.DESCRIPTIVE:
            yield self("outcomes.caution_descriptive")
        if found.record and not found.as_planned:
            yield self.not_planned(found.record)
        if main.disagree:
            yield self("outcomes.caution_border")
        if main.has_many_missing:
            worst, best = self.bounds(main)
            yield self("outcomes.caution_missing", missing=main.missing, worst=worst, best=best)
        if found.label is Label.QUASI:
            yield self.matched_caution()
        if found.clusters.mentors:
            yield self("outcomes.caution_clusters", **vars(found.clusters))
        if main.visible is None:
            yield self("outcomes.caution_never_visible")
        yield self("outcomes.caution_visible", visible=self.visible(main))

    def not_planned(self, record: Record) -> str:
        return self(
            "outcomes.caution_not_planned",
            outcome=self.recorded(record.primary_outcome),
            end=self.figures.day(date.fromisoformat(record.end)),
        )

    def recorded(self, outcome: str) -> str:
        known = self.outcome(Outcome(outcome)) if outcome in tuple(Outcome) else outcome[:40]
        return self("outcomes.quoted", name=known)

    def matched_caution(self) -> str:
        main = self.found.main
        if main.ratio is None or main.verdict not in {Verdict.MORE, Verdict.FEWER}:
            return self("outcomes.caution_quasi_open")
        ratio = self.figures.number(needed_to_explain_away(main.ratio.value), 1)
        return self("outcomes.caution_quasi", ratio=ratio)

    def bounds(self, found: Comparison) -> tuple[str, str]:
        return self.figures.points(found.worst or 0.0), self.figures.points(found.best or 0.0)

    def sides(self, found: Comparison, names: tuple[str, str]) -> Table:
        share = self("outcomes.column_share", outcome=self.outcome(found.outcome))
        header = (
            self("outcomes.column_group"),
            self("outcomes.column_people"),
            self("outcomes.column_known"),
            share,
        )
        rows = [self.side(name, side) for name, side in zip(names, (found.one, found.two), strict=True)]
        return Table(self("outcomes.main_caption"), header, rows)

    def side(self, name: str, side: Side) -> Sequence[str]:
        share = self.figures.share(side.share) if side.share else "–"
        return name, self.figures.number(side.people), self.figures.number(side.known), share

    def more_numbers(self, found: Comparison) -> Table:
        ratio, figures = found.ratio, self.figures
        rows = [
            (
                self("outcomes.number_ratio"),
                self(
                    "outcomes.with_interval",
                    value=figures.number(ratio.value, 2),
                    low=figures.number(ratio.low, 2),
                    high=figures.number(ratio.high, 2),
                )
                if ratio
                else self("outcomes.number_nothing"),
            ),
            (self("outcomes.number_chance"), figures.chance(found.chance)),
            (self("outcomes.number_mid_p"), figures.chance(found.mid_p)),
            (self("outcomes.number_visible"), self.visible_rise(found)),
        ]
        header = self("outcomes.column_what"), self("outcomes.column_value")
        return Table(self("outcomes.more_numbers"), header, rows)

    def visible_rise(self, found: Comparison) -> str:
        visible = self.visible(found)
        return self("outcomes.number_points", visible=visible) if visible else self("outcomes.number_never")

    def forest(self) -> Forest:
        found = self.found
        named = {
            "outcomes.row_main": found.main.difference,
            "outcomes.row_adjusted": found.adjusted,
            "outcomes.row_as_treated": found.as_treated.difference if found.as_treated else None,
            "outcomes.row_unmatched": found.unmatched.difference if found.unmatched else None,
        }
        rows = [(self(name), between) for name, between in named.items() if between]
        points = self.figures.points
        told = " ".join(
            self(
                "outcomes.alt_row",
                name=name,
                value=points(between.value),
                low=points(between.low),
                high=points(between.high),
            )
            for name, between in rows
        )
        visible = self.visible(found.main)
        marked = self("outcomes.alt_visible", visible=visible) if visible else ""
        return Forest(
            rows=rows,
            visible=found.main.visible,
            mark=self("outcomes.mark_visible"),
            axis=self("outcomes.axis_points"),
            alt=self("outcomes.alt_forest", rows=told, visible=marked).strip(),
        )

    # What stands beside it

    def missing(self) -> Section:
        main = self.found.main
        people, known = (
            sum(getattr(side, of) for side in (main.one, main.two)) for of in ("people", "known")
        )
        sentence = self(
            "outcomes.missing_sentence",
            known=self.figures.number(known),
            people=self.figures.number(people),
            share=self.figures.percent(known / people, people),
        )
        heading = self("outcomes.missing")
        if not main.missing:
            return Section(
                heading, sentence, self("outcomes.missing_none"), self("outcomes.missing_caution_none")
            )
        worst, best = self.bounds(main)
        number = self("outcomes.missing_number", worst=worst, best=best)
        return Section(heading, sentence, number, self("outcomes.missing_caution"))

    def adjusted(self, between: Between) -> Section:
        shared = self.found.clusters
        clusters = "outcomes.clusters" if shared.mentors else "outcomes.no_clusters"
        decimals = decimals_of(self.found.main, between)
        return Section(
            heading=self("outcomes.adjusted"),
            sentence=self("outcomes.adjusted_sentence", value=self.figures.points(between.value, decimals)),
            number=self.points(self.found.main, between),
            caution=self("outcomes.adjusted_caution", clusters=self(clusters, **vars(shared))),
        )

    def secondary(self, heading: str, caution: str, found: Comparison, names: tuple[str, str]) -> Section:
        if found.difference is None:
            return Section(self(heading), self.hidden(), self("outcomes.not_shown"), self(caution))
        number = self.points(found, found.difference)
        table = self.sides(found, names)
        return Section(self(heading), self.shares(found, names), number, self(caution), tables=(table,))

    def further(self, further: Sequence[Further]) -> Section:
        numbers = filter(None, map(self.further_number, further))
        is_descriptive = self.found.label is Label.DESCRIPTIVE
        caution = "outcomes.further_descriptive" if is_descriptive else "outcomes.further_caution"
        header = [
            self("outcomes.column_outcome"),
            *self.names,
            self("outcomes.column_difference"),
            self("outcomes.column_chance"),
        ]
        rows = [[*self.further_row(one)] for one in further]
        return Section(
            heading=self("outcomes.further"),
            sentence=self("outcomes.further_sentence", count=len(further)),
            number=next(numbers, self("outcomes.not_shown")),
            caution=self(caution),
            tables=(Table(self("outcomes.further"), header, rows),),
        )

    def further_row(self, further: Further) -> Iterator[str]:
        one = further.comparison
        yield self.outcome(one.outcome)
        if one.difference is None:
            yield from [self("outcomes.not_shown")] * 4
            return
        yield from (self.figures.of(side) for side in (one.one, one.two))
        yield self.points(one, one.difference, briefly=True)
        yield self.figures.chance(further.chance)

    def further_number(self, further: Further) -> str:
        one = further.comparison
        if one.difference is None:
            return ""
        points = self.points(one, one.difference)
        return self("outcomes.further_number", outcome=self.outcome(one.outcome), points=points)

    def stays(self, stays: Stays) -> Section:
        percent = self.figures.percent
        last, (first, second) = stays.points[-1], self.names
        days = [
            (point.day, percent(point.one.value, FEW), percent(point.two.value, FEW))
            for point in stays.points
        ]
        told = " ".join(
            self("outcomes.alt_stays_row", day=day, one=one, two=two, first=first, second=second)
            for day, one, two in days
        )
        rows = [
            [str(point.day), self.still_there(point.one), self.still_there(point.two)]
            for point in stays.points
        ]
        curves = [
            Curve(first, [(point.day, point.one) for point in stays.points]),
            Curve(second, [(point.day, point.two) for point in stays.points]),
        ]
        return Section(
            heading=self("outcomes.stays"),
            sentence=self(
                "outcomes.stays_sentence",
                days=last.day,
                one=percent(last.one.value, FEW),
                two=percent(last.two.value, FEW),
                first=first,
                second=second,
            ),
            number=self("outcomes.stays_number", chance=self.figures.chance(stays.chance)),
            caution=self("outcomes.stays_caution"),
            picture=Curves(
                curves,
                self("outcomes.axis_days"),
                self("outcomes.axis_share"),
                self("outcomes.alt_stays", rows=told),
            ),
            tables=(
                Table(self("outcomes.stays_caption"), [self("outcomes.column_day"), first, second], rows),
            ),
        )

    def still_there(self, between: Between) -> str:
        value, low, high = (
            self.figures.percent(edge, FEW) for edge in (between.value, between.low, between.high)
        )
        return self("outcomes.with_interval", value=value, low=low, high=high)

    def groups(self) -> Section:
        groups = self.found.groups
        said = [self("outcomes.groups_sentence", count=len(groups.shown))] if groups.shown else []
        said += [self("outcomes.groups_hidden", count=groups.hidden)] if groups.hidden else []
        if not groups.shown:
            said = [self("outcomes.groups_none")]
        number = self("outcomes.groups_no_number")
        if groups.shown:
            widest = max(groups.shown, key=lambda group: group.one.known + group.two.known)
            number = self("outcomes.groups_number", name=widest.name, points=self.group_points(widest))
        header = [self("outcomes.column_group"), *self.names, self("outcomes.column_difference")]
        rows = [[*self.group_row(group)] for group in groups.shown]
        return Section(
            heading=self("outcomes.groups"),
            sentence=" ".join(said),
            number=number,
            caution=self("outcomes.groups_caution", fewest=FEWEST),
            tables=(Table(self("outcomes.groups"), header, rows),) if rows else (),
        )

    def group_points(self, group: Group, *, briefly: bool = False) -> str:
        between = group.difference
        value, low, high = (self.figures.points(edge) for edge in (between.value, between.low, between.high))
        name = "outcomes.points_brief" if briefly else "outcomes.points"
        return self(name, value=value, low=low, high=high)

    def group_row(self, group: Group) -> Iterator[str]:
        yield group.name
        for side in (group.one, group.two):
            yield f"{self.figures.of(side)} (n = {side.known})"
        yield self.group_points(group, briefly=True)

    def balance(self, matched: Matched) -> Section:
        number = self.figures.number
        farthest = max((abs(one.after) for one in matched.balance), default=0.0)
        is_few = matched.left_out < FEWEST
        sentence = "outcomes.balance_few" if is_few else "outcomes.balance_sentence"
        header = (
            self("outcomes.column_matched_by"),
            self("outcomes.column_before"),
            self("outcomes.column_after"),
        )
        rows = [(one.column, number(one.before, 2), number(one.after, 2)) for one in matched.balance]
        return Section(
            heading=self("outcomes.balance"),
            sentence=self(sentence, count=matched.left_out, fewest=FEWEST),
            number=self("outcomes.balance_number", value=number(farthest, 2)),
            caution=self("outcomes.balance_caution"),
            tables=(Table(self("outcomes.balance"), header, rows),),
        )

    def method(self) -> Section:
        study = self.found.study
        people = len(study.people) if self.found.because in DRAWN else study.took_part
        joined = self(
            "outcomes.method_joined",
            joined=self.figures.number(study.joined),
            people=self.figures.number(people),
            others=self.figures.number(study.in_neither),
        )
        defined = [self(DEFINITIONS[one], by=self.by) for one in (self.found.main.outcome, *self.others())]
        return Section(
            heading=self("outcomes.method"),
            sentence=self("outcomes.method_privacy"),
            notes=(joined, *defined, self("outcomes.method_intervals"), *self.on_record()),
        )

    def others(self) -> list[Outcome]:
        return [one.comparison.outcome for one in self.found.further]

    def on_record(self) -> Iterator[str]:
        record = self.found.record
        if record is None:
            return
        yield self(
            "outcomes.method_record",
            drawn=self.figures.day(date.fromisoformat(record.drawn_on)),
            seed=record.seed,
            places=record.places,
            people=record.people,
            columns=self.listed(record.by) or self("outcomes.method_no_columns"),
            outcome=self.recorded(record.primary_outcome),
            end=self.figures.day(date.fromisoformat(record.end)),
        )
        yield self("outcomes.method_fingerprint", fingerprint=record.assignment_sha256)
