"""The one place where personal data lies, encrypted 个人信息保险库。."""
