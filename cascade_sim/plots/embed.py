"""Figures inside a page."""

import base64
import io
import warnings

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["as_data", "as_drawing"]


def as_data(figure: Figure, dots_per_inch: int = 110) -> str:
    """Figure as the address of an image that carries its own data."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def as_drawing(figure: Figure) -> str:
    """Figure as an SVG element whose words the reader's browser sets, so that names may have any letters."""
    buffer = io.StringIO()
    with warnings.catch_warnings(), mpl.rc_context({"svg.fonttype": "none"}):
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # here, but not in the browser
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
