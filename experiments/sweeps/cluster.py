"""Workers of a Dask cluster as an executor that says when it can't go on."""

import re
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from cascade_sim.experiments.sweeps.errors import SweepError

__all__ = ["Cluster"]

_ADDRESS = re.compile(r"(\w+://)?[^/\s]+:\d+")
_KEPT = "finished runs are kept; the same sweep goes on where it stopped"


class Cluster(Executor):
    """Executor on the workers that are connected to a Dask scheduler (extra `cluster`).

    Dask itself hands tasks of a lost worker to the others. What it does not say is that nobody is left to wait for:
    futures of a lost scheduler never end.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.
    timeout : float
        Seconds to wait for an answer of the scheduler.
    patience : float
        Seconds without a single worker after which to give up.

    Raises
    ------
    SweepError
        If Dask is not installed, the address is none, no scheduler answers, or no worker comes.
    """

    def __init__(self, address: str, timeout: float = 10.0, patience: float = 60.0) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise SweepError("Dask is not installed", ["pip install 'cascade-sim[cluster]'"]) from None
        if not _ADDRESS.fullmatch(address):
            raise SweepError(f"scheduler {address}", ["must look like tcp://host:8786"])
        self._address, self._patience = address, patience
        try:
            self._client = Client(address, timeout=timeout, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise SweepError(f"scheduler {address}", [f"no scheduler answers there ({error})"]) from None
        # Were tasks pure, a second attempt would be given the error of the first.
        self._executor = self._client.get_executor(pure=False)
        self._peopled = time.monotonic()
        self._await_workers()

    def _await_workers(self) -> None:
        try:
            while not self.workers:
                self.check()
                time.sleep(0.1)
        except BaseException:
            self.shutdown(wait=False)
            raise

    @property
    def workers(self) -> int:
        """Tasks that the connected workers carry out at a time."""
        return sum(self._client.nthreads().values())

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Hand out a task."""
        self._check_scheduler()
        future: Future[Any] = self._executor.submit(function, *args, **kwargs)
        return future

    def check(self) -> None:
        """Ask whether there still is somebody to wait for.

        Raises
        ------
        SweepError
            If the scheduler is gone, or there has been no worker for longer than `patience`.
        """
        self._check_scheduler()
        try:
            workers = self.workers
        except (OSError, TimeoutError):  # the client is about to find out whether the scheduler comes back
            return
        now = time.monotonic()
        if workers:
            self._peopled = now
        elif now - self._peopled > self._patience:
            nobody = f"no worker has been connected to the scheduler {self._address} for {self._patience:g} s"
            raise SweepError(nobody, [f"start some with: dask worker {self._address}", _KEPT])

    def _check_scheduler(self) -> None:
        if self._client.status in ("closing", "closed"):
            gone = f"the scheduler {self._address} is gone"
            raise SweepError(gone, [f"start a scheduler and workers again; {_KEPT}"])

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; what is under way there is cancelled."""
        self._client.close(timeout=2.0)
