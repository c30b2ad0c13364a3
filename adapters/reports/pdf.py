"""PDF: the same report on paper, with headings to jump to and a text behind every picture."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from adapters.reports.plots import png
from bot.outcomes.report import Report, Section, Table

FONT = "DejaVu"
FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
MARGIN = 20  # millimetres
LINE = 1.45  # of the size of the letters
BODY, SMALL, HEADING, NUMBER, TITLE = 10, 8.5, 13, 11, 19  # points
MILLIMETRES = 25.4 / 72  # in a point
INDENT = 6  # millimetres
BAR, THIN_BAR = 3.6, 1  # millimetres
BLACK, GREY, LIGHT, WHITE = 0, 140, 200, 255
BLUE = (0, 80, 140)
KEPT_TOGETHER = 45  # millimetres: a heading, its sentence, and the number


def as_pdf(report: Report) -> bytes:
    sheet = _sheet(report)
    if report.warning:
        _warn(sheet, report)
    _text(sheet, report.title, TITLE, bold=True)
    _text(sheet, report.made_on, BODY)
    sheet.ln(3)
    _heading(sheet, report.label)
    _text(sheet, report.because, BODY)
    for section in report.sections:
        _section(sheet, section)
    return bytes(sheet.output())


def _sheet(report: Report) -> Any:
    import matplotlib  # noqa: PLC0415 - only some need it, and only for its font
    from fpdf import FPDF  # noqa: PLC0415 - only some need it

    class Sheet(FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.set_font(FONT, size=SMALL)
            self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    sheet = Sheet(format="A4")
    fonts = Path(matplotlib.get_data_path()) / "fonts/ttf"
    for style, file in FILES.items():
        sheet.add_font(FONT, style, fonts / file)
    sheet.set_lang(report.language)
    sheet.set_title(report.title)
    sheet.set_margin(MARGIN)
    sheet.set_auto_page_break(True, MARGIN)
    sheet.add_page()
    return sheet


def _text(sheet: Any, text: str, size: float, *, bold: bool = False) -> None:
    sheet.set_font(FONT, "B" if bold else "", size)
    sheet.multi_cell(0, size * MILLIMETRES * LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _heading(sheet: Any, text: str) -> None:
    _together(sheet, KEPT_TOGETHER)
    sheet.ln(4)
    sheet.start_section(text)
    _text(sheet, text, HEADING, bold=True)
    sheet.ln(1)


def _together(sheet: Any, height: float) -> None:
    """What would be torn apart begins on the next page."""
    if sheet.will_page_break(height):
        sheet.add_page()


def _beside_a_bar(sheet: Any, width: float, colour: int, texts: Sequence[tuple[str, float, bool]]) -> None:
    top = sheet.get_y()
    sheet.set_left_margin(MARGIN + INDENT)
    sheet.set_x(MARGIN + INDENT)
    for text, size, bold in texts:
        _text(sheet, text, size, bold=bold)
    sheet.set_left_margin(MARGIN)
    sheet.set_x(MARGIN)
    if sheet.get_y() > top:  # and not on the next page
        sheet.set_fill_color(colour)
        sheet.rect(MARGIN, top, width, sheet.get_y() - top, style="F")
        sheet.set_fill_color(WHITE)  # else the next table takes it


def _warn(sheet: Any, report: Report) -> None:
    """So that nobody takes it for small print."""
    texts = [(report.read_first, HEADING, True), (report.warning, BODY, False)]
    _beside_a_bar(sheet, BAR, BLACK, texts)
    sheet.ln(6)


def _section(sheet: Any, section: Section) -> None:
    _heading(sheet, section.heading)
    _text(sheet, section.sentence, BODY)
    if section.number:
        sheet.ln(1)
        sheet.set_text_color(*BLUE)
        _text(sheet, section.number, NUMBER, bold=True)
        sheet.set_text_color(BLACK)
        sheet.ln(1)
    if section.caution:
        _beside_a_bar(sheet, THIN_BAR, GREY, [(section.caution, BODY, False)])
    if section.picture:
        _picture(sheet, png(section.picture), section.picture.alt)
    for table in section.tables:
        _table(sheet, table)
    for note in section.notes:
        sheet.ln(1)
        _text(sheet, f"•  {note}", SMALL)


def _picture(sheet: Any, image: bytes, alt: str) -> None:
    from fpdf.image_parsing import get_img_info  # noqa: PLC0415 - only some need it

    info = get_img_info(BytesIO(image))
    sheet.ln(2)
    _together(sheet, sheet.epw * info["h"] / info["w"])
    sheet.image(BytesIO(image), w=sheet.epw, alt_text=alt)


def _table(sheet: Any, table: Table) -> None:
    from fpdf.enums import TableBordersLayout  # noqa: PLC0415 - only some need it
    from fpdf.fonts import FontFace  # noqa: PLC0415 - only some need it

    _together(sheet, 12 + 9 * len(table.rows))
    sheet.ln(3)
    _text(sheet, table.caption, SMALL, bold=True)
    sheet.ln(1)
    sheet.set_font(FONT, size=SMALL)
    sheet.set_draw_color(LIGHT)
    with sheet.table(
        [table.header, *table.rows],
        align="L",
        text_align="LEFT",
        line_height=SMALL * MILLIMETRES * LINE,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD"),
        padding=1,
    ):
        pass
    sheet.ln(1)
