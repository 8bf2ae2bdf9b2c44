"""Measure the budgets of docs/BUDGETS.md: `python -m tests.benchmarks [training] [likelihood] [browser] [server]`.

Contenders take turns in one run (A B A B ...) and medians are reported, because machines are noisy and shared. What is
compared is always a ratio or a count; the absolute numbers beside it are of the machine at hand.
"""
