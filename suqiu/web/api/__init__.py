"""The doors for other systems: REST, Open311, webhooks, bulk files 接口。."""
