"""Gateway: charges and validates cards at one provider, and answers with what came of it."""
