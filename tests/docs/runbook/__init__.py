"""The queries of docs/runbook.md, over the log lines that the real handler writes for every fault."""
