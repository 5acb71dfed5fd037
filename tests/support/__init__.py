"""What the tests share: chapters in Markdown, claims in comments, and the process that runs programs for real."""
