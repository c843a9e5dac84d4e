"""The list of contents at the head of a feedback page."""

from __future__ import annotations

from autograder.grading.feedback_page import with_names

PAGE = """<h4>day (Score: 3.0 / 5.0)</h4><div id="toc"><ol>
<li><a href="#scale">Test cell</a> (Score: 2.0 / 4.0)</li>
<li><a href="#comment-scale">Comment</a></li>
<li><a href="#written-why">Written response</a> (Score: 1.0 / 1.0)</li>
</ol></div>
<div><a href="#scale">Test cell</a><div id="toc"><a href="#x">Mine</a></div></div>"""
NAMED = """<h4>day (Score: 3.0 / 5.0)</h4><div id="toc"><ol>
<li><a href="#scale">scale</a> (Score: 2.0 / 4.0)</li>
<li><a href="#comment-scale">Comment on scale</a></li>
<li><a href="#written-why">written-why</a> (Score: 1.0 / 1.0)</li>
</ol></div>
<div><a href="#scale">Test cell</a><div id="toc"><a href="#x">Mine</a></div></div>"""


def test_exercises_are_named_in_the_contents_and_nowhere_else() -> None:
    assert with_names(PAGE) == NAMED


def test_a_page_without_contents_stays_as_it_is() -> None:
    assert with_names("<p>Test cell</p>") == "<p>Test cell</p>"
