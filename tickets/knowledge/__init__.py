"""知识库: articles, searching them, answering with them, and what was asked and not found."""
