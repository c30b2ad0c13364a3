"""Coffee rounds: every few weeks whoever would like to meets somebody new, and nobody is left out."""
