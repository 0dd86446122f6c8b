"""The administration desk 系统管理: accounts, rights, and what else keeps the installation running."""
