"""One whole billing story: 200 subscribers over 60 days, on real parts, with time moved forward day by day."""
