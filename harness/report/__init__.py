"""Shows a run to a reader: findings -> view models -> figures -> HTML and Markdown.

`harness.report.write.write_report` is the way in. Views are pure and know no markup; figures know no
findings; templates place what the views hold and decide nothing.
"""
