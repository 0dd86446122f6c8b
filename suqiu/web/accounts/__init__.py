"""Who works here and what each may do 用户与权限。."""
