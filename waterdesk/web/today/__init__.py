"""今日要看: what a supervisor or a lead looks at in the morning."""
