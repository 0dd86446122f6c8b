"""Pages of accounts, roles and scopes 用户与角色."""
