"""The corpus is read as text by the tests here, and collected by nobody."""

collect_ignore = ["notebooks"]
