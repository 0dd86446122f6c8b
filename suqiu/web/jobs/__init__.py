"""Work that nobody waits for 后台任务。."""
