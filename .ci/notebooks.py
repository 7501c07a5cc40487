"""Check the notebooks of a folder: each in step with its source, nothing stored in it, and it runs from top to bottom.

An error, a word on stderr (a warning), or no notebook at all fails. Two run at a time.

    python .ci/notebooks.py notebooks            check
    python .ci/notebooks.py notebooks --write    write every notebook from its source, and run nothing
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def from_source(file):
    """Notebook that a source says, with cells that are numbered so that it is the same at every writing."""
    notebook = jupytext.read(file, as_version=4)
    for k, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{k:02d}", {}
    notebook.metadata = KERNEL
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def write(folder):
    """Write every notebook from its source."""
    for source in sorted((folder / "source").glob("*.py")):
        text = nbformat.writes(from_source(source))
        (folder / f"{source.stem}.ipynb").write_text(text + "\n", encoding="utf-8")


def words(notebook):
    """What is in a notebook, to compare."""
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def not_in_step(folder):
    """Complaints about notebooks and sources as they are stored."""
    stems = {file.stem for file in (*folder.glob("*.ipynb"), *(folder / "source").glob("*.py"))}
    for stem in sorted(stems):
        file, source = folder / f"{stem}.ipynb", folder / "source" / f"{stem}.py"
        missing = [one for one in (file, source) if not one.exists()]
        if missing:
            yield f"{missing[0]} is missing beside the other of the pair"
            continue
        notebook = nbformat.read(file, as_version=4)
        if words(notebook) != words(from_source(source)):
            yield f"{file} and {source} differ; write the notebook with: python .ci/notebooks.py {folder} --write"
        if any(cell.get("outputs") for cell in notebook.cells):
            yield f"{file} has outputs stored in it; clear them before committing"


def run(file):
    """Run a notebook and write nothing back; returns what it said on stderr, and how long it took."""
    began = time.monotonic()
    notebook = nbformat.read(file, as_version=4)
    resources = {"metadata": {"path": str(file.parent)}}
    with tempfile.TemporaryDirectory() as folder:
        # Sockets in a folder of its own: two kernels that look for a free port may find the same one.
        config = Config({"ConnectionFileMixin": {"transport": "ipc", "ip": f"{folder}/kernel"}})
        NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources, config=config).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = "".join(output.text for output in outputs if output.get("name") == "stderr")
    return said, time.monotonic() - began


def check(folder):
    """All checks; exits with a message if one fails."""
    files = sorted(folder.glob("*.ipynb"))
    if not files:
        sys.exit(f"there is no notebook in {folder}")
    complaints = list(not_in_step(folder))
    if complaints:
        sys.exit("\n".join(complaints))
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # two kernels share two cores
    with ProcessPoolExecutor(2) as pool:
        for file, (said, seconds) in zip(files, pool.map(run, files), strict=True):
            print(f"{file}: {seconds:.0f} s", flush=True)
            if said:
                sys.exit(f"{file} says on stderr:\n{said}")


if __name__ == "__main__":
    (write if "--write" in sys.argv[2:] else check)(Path(sys.argv[1]))
