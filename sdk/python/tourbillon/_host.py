"""The one door to the host: in a component its imports, elsewhere a small host in memory.

Both modules offer the same names, so that the rest of the package, and a manager's own tests, need
not know where they run.
"""

from __future__ import annotations

import sys

if sys.platform == "wasi":
    from ._wasm import (
        Bucket,
        config_all,
        config_get,
        context_number,
        context_text,
        declared,
        init_failed,
        log,
        run_failed,
        trap,
    )
else:
    from ._memory import (
        Bucket,
        config_all,
        config_get,
        context_number,
        context_text,
        declared,
        init_failed,
        log,
        run_failed,
        trap,
    )

__all__ = [
    "Bucket",
    "config_all",
    "config_get",
    "context_number",
    "context_text",
    "declared",
    "init_failed",
    "log",
    "run_failed",
    "trap",
]
