"""Words every context shares: money, time, ids, callers, trouble."""
