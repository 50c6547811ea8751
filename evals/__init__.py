"""How good: `python -m evals NAME`; floors.json pins what may not fall, gate.py checks it."""
