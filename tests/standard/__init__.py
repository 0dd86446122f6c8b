"""Tests of the executable standard."""
