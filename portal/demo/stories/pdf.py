"""One page of PDF with a few lines of text, so that the demo has a document that is a file.

Source: ISO 32000-1 (PDF 1.7), 7.5 "File structure".
"""

from textwrap import wrap


def one_page(title: str, text: str) -> bytes:
    """Return a page of letter size with a title and running text (ASCII)."""
    lines = "".join(f"({_escaped(line)}) ' " for line in wrap(text, 80))
    drawing = f"BT /F1 18 Tf 72 720 Td 18 TL ({_escaped(title)}) Tj /F1 11 Tf ( ) ' {lines}ET".encode(
        "ascii", "replace"
    )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 %s >> >> >>"
        % b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
    )
    document, starts = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return (
        document
        + end
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(document))
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
