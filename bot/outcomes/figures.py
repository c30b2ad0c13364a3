"""Figures: numbers and days as a reader of a language writes them, and no more exact than they are."""

from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal, format_percent

from bot import speech
from bot.outcomes.analysis import FEW, Comparison, Side
from bot.statistics import Between, Share

MINUS = "\N{MINUS SIGN}"
ONE_DECIMAL = 200  # people on each side, from which a tenth of a point means something
CLOSE_TO_ZERO = 0.01
COARSE = 0.05  # of fewer people than FEW


@dataclass(frozen=True)
class Figures:
    language: str

    def day(self, day: date) -> str:
        return speech.date_in_full(day, self.language)

    def number(self, value: float, decimals: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(value, pattern, locale=self.language)).replace("-", MINUS)

    def percent(self, value: float, n: int) -> str:
        if n < FEW:
            value = round(value / COARSE) * COARSE
        return str(format_percent(value, locale=self.language))

    def share(self, share: Share) -> str:
        """With its interval."""
        low, high = (self.percent(edge, FEW) for edge in (share.low, share.high))
        return f"{self.percent(share.value, share.n)} ({low} – {high})"

    def of(self, side: Side) -> str:
        return self.percent(side.happened / side.known, side.known)

    def points(self, value: float, decimals: int = 0, *, signed: bool = True) -> str:
        rounded = round(100 * value, decimals) or 0.0  # and not minus zero
        written = self.number(rounded, decimals)
        return f"+{written}" if signed and rounded > 0 else written

    def chance(self, p: float | None) -> str:
        if p is None:
            return "–"
        if p < 0.001:
            return f"p < {self.number(0.001, 3)}"
        return f"p = {self.number(p, 3 if p < 0.1 else 2)}"


def decimals_of(found: Comparison, between: Between) -> int:
    """One where there are many people, or where a whole number would turn a small one into nothing."""
    is_close = any(0 < abs(edge) < CLOSE_TO_ZERO for edge in (between.low, between.high))
    return int(is_close or min(found.one.known, found.two.known) >= ONE_DECIMAL)
