"""The message reference, generated from the contracts and the table of reactions:  python -m entrypoints.docs"""
