"""What the hotline knows: articles with source, validity and rights, every wording kept 知识库."""
