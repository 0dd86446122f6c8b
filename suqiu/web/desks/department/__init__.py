"""The department desk: what is due, what came back, how we are doing 承办工作台."""
