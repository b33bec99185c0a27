"""Workbooks of people as somebody would fill them in."""

from io import BytesIO

from openpyxl import Workbook

from dianliang.flows.staffing.sheets import headings


def workbook(**sheets):
    """Return a workbook; each sheet is a list of rows by heading."""
    book = Workbook()
    book.remove(book.active)
    columns = headings()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        names = [heading for heading, _, _ in columns[name]]
        sheet.append(names)
        for row in rows:
            unknown = row.keys() - set(names)
            assert not unknown, unknown
            sheet.append([row.get(heading, "") for heading in names])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
