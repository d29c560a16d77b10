"""What calls core: commands, consumers, relays, schedulers and HTTP."""
