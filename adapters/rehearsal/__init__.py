"""The dress rehearsal: the real bot, a clock that is moved, and simulated people. Try a programme first.

Read it in this order: `habits.py` (what people are like), `moves.py` (what they may do when a message
reaches them), `players.py` (how they do it) and `days.py` (when), `stage.py` (how time goes on),
`gallery.py` (what it looks like), `transcript.py`, `tally.py` and `summary.py` (what comes out of it),
`show.py` (all of it together).
"""
