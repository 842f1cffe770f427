"""Recordings and health readings, and the numbers computed from them."""

import os

# Set before numpy loads: our matrices are small, and waiting threads would double the CPU time of snapshots.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
