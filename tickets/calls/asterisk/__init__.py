"""Asterisk: its manager interface read as a client, its events told like any exchange's.

A client of our own: of the libraries, panoramisk had its last release in 2021, asterisk-ami in
January 2024 with a known fault in staying connected, and pystrix wants threads of its own. What is
needed is one line to read, blocks of "Name: value", two actions, and coming back when it breaks.
"""
