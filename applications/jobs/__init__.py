"""外勤任务: the work inside a case. The customer sees steps; the crew sees jobs."""
