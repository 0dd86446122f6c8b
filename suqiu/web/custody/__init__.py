"""What an installation must not lose and must not keep too long: backups, restoring, retention 数据托管。."""
