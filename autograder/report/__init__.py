"""What a class's results say, for the teacher: figures from records and gradebook, and a page.

`gather` reads, `day` and `progress` compute, `page` writes. Nothing here runs student code or looks
into hidden tests: of a test the record's name and sentence are all that is known.
"""
