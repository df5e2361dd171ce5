"""配置变更: the pages of what was changed in the configuration. See core.history."""
