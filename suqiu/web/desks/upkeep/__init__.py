"""The pages that show how the installation does: models, background work, backups 运行维护."""
