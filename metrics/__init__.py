"""What was measured, and the numbers made of it."""

import os

# Before numpy is loaded: our matrices are small, and threads that spin while they wait for the next one cost a
# renewal of snapshots as much CPU again as it needs.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
