"""Subscription: plans, who subscribes to them, and the run that turns every due period into one payment request."""
