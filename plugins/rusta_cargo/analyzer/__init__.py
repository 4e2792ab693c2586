"""rust-analyzer as an optional source of quick fixes: one run in the sandbox, bounded in time and memory."""
