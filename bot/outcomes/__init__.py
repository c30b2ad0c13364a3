"""Outcomes: what a programme changed for people's work, said no more firmly than the comparison allows.

People are known here by a pseudonymous key and never by name or address. How the groups were made decides
what may be said: drawn by lot, matched, or nobody knows.
"""
