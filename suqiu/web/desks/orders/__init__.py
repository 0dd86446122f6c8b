"""The order's page and the search over orders 工单页与工单查询."""
