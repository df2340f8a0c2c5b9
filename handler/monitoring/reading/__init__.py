"""Windows that were written as log lines, read again: from a log group of CloudWatch Logs, each counted once."""
