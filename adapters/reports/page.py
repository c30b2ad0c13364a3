"""Page: a report as one HTML file that needs no other, reads well aloud, and prints well."""

from pathlib import Path

from adapters.reports.plots import as_image
from bot.outcomes.report import Report

TEMPLATE = "report.html.jinja"


def as_html(report: Report) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only some need it

    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return pages.get_template(TEMPLATE).render(report=report, image=as_image)
