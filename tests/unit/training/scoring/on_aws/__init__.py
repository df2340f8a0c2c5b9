"""Tests of scoring by the state machine, as far as no AWS is asked."""
