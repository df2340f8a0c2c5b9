"""Every bound of a run: how often something is asked, how long it is waited for. Nothing else decides a count.

The cost that is told before a run is computed from these.
"""

from typing import Final

MEMORY_MB: Final = 1769
"""The template's default, with which every stack of a run is deployed."""

# Seconds that one step may take.
BUILD_SECONDS: Final = 900
DEPLOY_SECONDS: Final = 900
DELETE_SECONDS: Final = 900
TRAIN_SECONDS: Final = 300
PUBLISH_SECONDS: Final = 300

# Seconds to wait for what AWS makes true only after a while.
IAM_SECONDS: Final = 120
API_KEY_SECONDS: Final = 180
SERVING_SECONDS: Final = 120
METRICS_SECONDS: Final = 300
TRACES_SECONDS: Final = 120
LOGS_SECONDS: Final = 120
STAND_IN_SECONDS: Final = 5
"""In place of each of the waits above where the endpoint is not AWS: a stand-in does at once what it does at all."""
POLL_SECONDS: Final = 5
LATE_SECONDS: Final = 90
"""How long after its deletion a log group can come back: a request that a killed run had sent is answered to its end,
60 seconds at most, and then its log is written."""
STAND_IN_LATE_SECONDS: Final = 10
"""The same where the endpoint is not AWS."""

# Requests and calls.
POLLS: Final = 60
"""The most times that one wait asks: METRICS_SECONDS / POLL_SECONDS."""
BURST_REQUESTS: Final = 400
BURST_THREADS: Final = 8
"""Fewer than the 10 environments that a new account may have at once: it is the gateway that must refuse."""
STAND_IN_THREADS: Final = 2
"""A stand-in starts a process for each request at once, on this machine."""
QUOTA: Final = 3
QUOTA_REQUESTS: Final = 20
COLD_STARTS: Final = 5
RESTORES: Final = 3
ROWS_COMPARED: Final = 50
PAGE: Final = "https://pages.example"
"""The origin that the stack's CorsOrigins names."""
DAILY_QUOTA: Final = 5000
"""Of the run's own key: it also bounds what a mistake could cost."""

# What one invocation may take, for the cost alone.
COLD_SECONDS: Final = 12.0
WARM_SECONDS: Final = 0.2
RUN_HOURS: Final = 1.5
"""How long a run may take in all, as AWS charges by time for what is kept."""
STORED_GB: Final = 1.0
"""Packages and models in the buckets of a run."""
SNAPSHOT_HOURS: Final = 3.0
"""The least time for which AWS charges a snapshot."""
