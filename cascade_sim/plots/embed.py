"""Figures inside a page."""

import base64
import io

from matplotlib.figure import Figure

__all__ = ["as_data"]


def as_data(figure: Figure, dots_per_inch: int = 110) -> str:
    """Figure as the address of an image that carries its own data."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots_per_inch, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
