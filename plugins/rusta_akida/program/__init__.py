"""Programs for the chip: building, reading, checking, comparing and storing them.

The byte layout is the one that the source documents publish for AKD1000 with firmware 2.18.2. It is *published, not
verified on silicon*.
"""
