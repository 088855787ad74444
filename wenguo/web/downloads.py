"""A table that a browser keeps as a file."""

from tempfile import TemporaryFile

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from wenguo.reports.sheets import Rows, csv_pieces, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(rows: Rows, name: str) -> HttpResponseBase:
    """The rows as the file `name`: csv, sent while they are read, or xlsx, which is known only at its end.

    Raises Problem for a text that no xlsx can hold.
    """
    if name.endswith(".csv"):
        return StreamingHttpResponse(
            csv_pieces(rows), content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        write_xlsx(rows, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
