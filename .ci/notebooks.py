"""Run every notebook of a folder from top to bottom; an error, or none to run, fails."""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main(folder):
    """Run the notebooks in place, and write nothing back."""
    files = sorted(folder.glob("*.ipynb"))
    if not files:
        sys.exit(f"there is no notebook in {folder}")
    for file in files:
        began = time.monotonic()
        notebook = nbformat.read(file, as_version=4)
        if any(cell.get("outputs") for cell in notebook.cells):
            sys.exit(f"{file} has outputs stored in it; clear them before committing")
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
        print(f"{file}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
