"""The course as a test subject: is a day's grading right about everything that can be handed in?

`trials` makes the notebooks that say so (with `mutants` and `offenders`) and has them graded,
`checklist` reads what stands around the exercises, `verdict` draws the conclusions.
"""
