"""Who does the work: processes of this machine, or a Dask cluster; joblib hands out the draws either way."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Backend(StrEnum):
    """Where draws are made."""

    PROCESSES = "processes"
    DASK = "dask"


@contextmanager
def workers(backend: Backend, *, jobs: int, scheduler: str = "") -> Iterator[None]:
    """Let joblib use processes of this machine, or the cluster at a scheduler's address.

    Without an address Dask starts `jobs` workers here and ends them afterwards. Raises EstimationError for an
    address without Dask, and where Dask is not installed.
    """
    from joblib import parallel_config  # noqa: PLC0415 - the command line starts without it

    if backend is Backend.PROCESSES:
        if scheduler:
            message = f"processes of this machine have no scheduler {scheduler}; ask for the backend dask"
            raise EstimationError(message)
        with parallel_config(backend="loky", inner_max_num_threads=1):
            yield
        return
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = "Dask is not installed; install stoeval[cluster], or use the backend processes"
        raise EstimationError(message) from error
    local = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": None}
    with Client(scheduler) if scheduler else Client(**local), parallel_config(backend="dask"):
        yield
