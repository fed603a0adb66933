"""What every call runs on: connections, time-outs, retries, tokens, typed errors."""
